public import CacheCore

extension PostgresStore: PinStore {
    /// Gives a closure a name. The closure is locked, so that it cannot expire before the pin is there.
    public func setPin(_ name: PinName, closure: String, storePath: String) async throws(CacheError) -> Pin? {
        try await transaction { connection in
            let found = try connection.query(
                "SELECT id FROM niks3.closures WHERE key = $1 FOR SHARE", [.text(closure)])
            guard let id = try found.first?[0].int() else { return nil }
            try connection.query(
                """
                INSERT INTO niks3.pins (name, closure_id, store_path, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
                ON CONFLICT (name) DO UPDATE SET closure_id = excluded.closure_id, store_path = excluded.store_path,
                    updated_at = excluded.updated_at, expires_at = NULL
                """, [.text(name.text), .int(id), .text(storePath), .int(try connection.instant().microseconds)])
            return try connection.pins("name = $1", [.text(name.text)]).first
        }
    }

    /// Takes a name away.
    public func removePin(_ name: PinName) async throws(CacheError) -> Bool {
        try await transaction { connection in
            try connection.query("DELETE FROM niks3.pins WHERE name = $1", [.text(name.text)]).changed > 0
        }
    }

    /// The pin of a name.
    public func pin(_ name: PinName) async throws(CacheError) -> Pin? {
        try await transaction(.single) { connection in try connection.pins("name = $1", [.text(name.text)]).first }
    }

    /// Pins in byte order of their names.
    public func pins(after: String, limit: Int) async throws(CacheError) -> [Pin] {
        try await transaction(.single) { connection in
            try connection.pins("name > $1 ORDER BY name LIMIT $2", [.text(after), .int(Int64(limit))])
        }
    }
}

extension PostgresConnection {
    fileprivate func pins(_ condition: String, _ values: [PostgresValue]) throws -> [Pin] {
        try query("SELECT name, store_path, created_at, updated_at FROM niks3.pins WHERE \(condition)", values).map {
            row in
            Pin(
                name: try row[0].text(), storePath: try row[1].text(), createdAt: try row[2].timestamp(),
                updatedAt: try row[3].timestamp())
        }
    }
}

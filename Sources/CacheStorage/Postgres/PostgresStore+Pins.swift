public import CacheCore

extension PostgresStore: PinStore {
    /// Gives a closure a name. The closure is locked, so that it cannot expire before the pin is there.
    public func setPin(_ pin: NewPin) async throws(CacheError) -> Pin? {
        try await transaction { connection in
            let found = try connection.query(
                "SELECT id FROM niks3.closures WHERE key = $1 AND NOT pulled FOR SHARE", [.text(pin.closure)])
            guard let id = try found.first?[0].int() else { return nil }
            let name = PostgresValue.text(pin.name.text)
            let now = PostgresValue.int(try connection.instant().microseconds)
            try connection.query("DELETE FROM niks3.pins WHERE name = $1 AND expires_at <= $2", [name, now])
            // One after the other: each keeps what the one before has named.
            try connection.query("SELECT FROM niks3.pins WHERE name = $1 FOR UPDATE", [name])
            try connection.query(
                """
                INSERT INTO niks3.kept_values (pin, closure_id, store_path, set_at)
                SELECT name, closure_id, store_path, updated_at FROM niks3.pins WHERE name = $1 AND closure_id <> $2
                ON CONFLICT (pin, closure_id) DO UPDATE SET set_at = excluded.set_at
                """, [name, .int(id)])
            try connection.query(
                """
                INSERT INTO niks3.pins (name, closure_id, store_path, created_at, updated_at, expires_at)
                VALUES ($1, $2, $3, $4, $4, $5)
                ON CONFLICT (name) DO UPDATE SET closure_id = excluded.closure_id, store_path = excluded.store_path,
                    updated_at = excluded.updated_at, expires_at = excluded.expires_at
                """,
                [
                    name, .int(id), .text(pin.storePath), now, .int(pin.expiresAt?.microseconds),
                ])
            try connection.query(
                """
                DELETE FROM niks3.kept_values WHERE pin = $1 AND (closure_id = $2 OR closure_id NOT IN (
                    SELECT closure_id FROM niks3.kept_values WHERE pin = $1 AND closure_id <> $2
                    ORDER BY set_at DESC, closure_id DESC LIMIT $3))
                """, [name, .int(id), .int(Int64(pin.keep - 1))])
            return try connection.pins("name = $1", [name]).first
        }
    }

    /// Takes a name away.
    public func removePin(_ name: PinName) async throws(CacheError) -> Bool {
        try await transaction { connection in
            let now = try connection.instant()
            return try connection.query(
                "DELETE FROM niks3.pins WHERE name = $1 RETURNING expires_at IS NULL OR expires_at > $2",
                [.text(name.text), .int(now.microseconds)]
            ).first?[0].bool() == true
        }
    }

    /// The pin of a name.
    public func pin(_ name: PinName) async throws(CacheError) -> Pin? {
        try await transaction(.single) { connection in try connection.pins("name = $1", [.text(name.text)]).first }
    }

    /// Pins in byte order of their names.
    public func pins(after: String, limit: Int) async throws(CacheError) -> [Pin] {
        try await transaction(.single) { connection in
            try connection.pins("name > $1", [.text(after), .int(Int64(limit))], order: "ORDER BY name LIMIT $2")
        }
    }
}

extension PostgresConnection {
    fileprivate func pins(_ condition: String, _ values: [PostgresValue], order: String = "") throws -> [Pin] {
        try query(
            """
            SELECT name, store_path, created_at, updated_at, expires_at FROM niks3.pins
            WHERE \(condition) AND (expires_at IS NULL OR expires_at > niks3.clock()) \(order)
            """, values
        ).map { row in
            Pin(
                name: try row[0].text(), storePath: try row[1].text(), createdAt: try row[2].timestamp(),
                updatedAt: try row[3].timestamp(),
                expiresAt: try row[4].intOrNil().map(Timestamp.init(microseconds:)))
        }
    }

    /// Deletes the pins that have ended and keep one of some closures.
    func removeEndedPins(of closures: [Int64], at now: Timestamp) throws {
        try query(
            """
            DELETE FROM niks3.pins AS p WHERE p.expires_at <= $2 AND (p.closure_id = ANY ($1) OR EXISTS (
                SELECT FROM niks3.kept_values AS v WHERE v.pin = p.name AND v.closure_id = ANY ($1)))
            """, [.ints(closures), .int(now.microseconds)])
    }
}

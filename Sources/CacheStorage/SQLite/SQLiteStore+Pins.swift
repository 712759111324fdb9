public import CacheCore
import GRDB

extension SQLiteStore: PinStore {
    /// Gives a closure a name.
    public func setPin(_ pin: NewPin) async throws(CacheError) -> Pin? {
        try await write { database in
            let sql = "SELECT id FROM closures WHERE key = ? AND pulled = 0"
            guard let closure = try Int64.fetchOne(database, cachedSQL: sql, [pin.closure]) else { return nil }
            let name = pin.name.text
            let now = try database.instant().microseconds
            try database.run("DELETE FROM pins WHERE name = ? AND expires_at <= ?", [name, now])
            try database.run(
                """
                INSERT INTO kept_values (pin, closure_id, store_path, set_at)
                SELECT name, closure_id, store_path, updated_at FROM pins WHERE name = ? AND closure_id <> ?
                ON CONFLICT (pin, closure_id) DO UPDATE SET set_at = excluded.set_at
                """, [name, closure])
            try database.run(
                """
                INSERT INTO pins (name, closure_id, store_path, created_at, updated_at, expires_at)
                VALUES (?1, ?2, ?3, ?4, ?4, ?5)
                ON CONFLICT (name) DO UPDATE SET closure_id = excluded.closure_id, store_path = excluded.store_path,
                    updated_at = excluded.updated_at, expires_at = excluded.expires_at
                """, [name, closure, pin.storePath, now, pin.expiresAt?.microseconds])
            try database.run(
                """
                DELETE FROM kept_values WHERE pin = ?1 AND (closure_id = ?2 OR closure_id NOT IN (
                    SELECT closure_id FROM kept_values WHERE pin = ?1 AND closure_id <> ?2
                    ORDER BY set_at DESC, closure_id DESC LIMIT ?3))
                """, [name, closure, pin.keep - 1])
            return try SQLiteStore.pins("name = ?", [name], database).first
        }
    }

    /// Takes a name away.
    public func removePin(_ name: PinName) async throws(CacheError) -> Bool {
        try await write { database in
            let wasThere = try SQLiteStore.pins("name = ?", [name.text], database).first != nil
            try database.run("DELETE FROM pins WHERE name = ?", [name.text])
            return wasThere
        }
    }

    /// The pin of a name.
    public func pin(_ name: PinName) async throws(CacheError) -> Pin? {
        try await read { database in try SQLiteStore.pins("name = ?", [name.text], database).first }
    }

    /// Pins in byte order of their names.
    public func pins(after: String, limit: Int) async throws(CacheError) -> [Pin] {
        try await read { database in
            try SQLiteStore.pins("name > ?", [after, limit], order: "ORDER BY name LIMIT ?", database)
        }
    }

    private static func pins(
        _ condition: String, _ arguments: StatementArguments, order: String = "", _ database: Database
    ) throws -> [Pin] {
        var pins: [Pin] = []
        let sql = """
            SELECT name, store_path, created_at, updated_at, expires_at FROM pins
            WHERE \(condition) AND (expires_at IS NULL OR expires_at > niks3_clock()) \(order)
            """
        try Row.forEach(database, sql, arguments) { row in
            let expiresAt: Int64? = row[4]
            pins.append(
                Pin(
                    name: row[0], storePath: row[1], createdAt: Timestamp(microseconds: row[2]),
                    updatedAt: Timestamp(microseconds: row[3]),
                    expiresAt: expiresAt.map(Timestamp.init(microseconds:))))
        }
        return pins
    }
}

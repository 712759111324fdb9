public import CacheCore
import GRDB

extension SQLiteStore: PinStore {
    /// Gives a closure a name.
    public func setPin(_ name: PinName, closure: String, storePath: String) async throws(CacheError) -> Pin? {
        try await write { database in
            let sql = "SELECT id FROM closures WHERE key = ?"
            guard let closure = try Int64.fetchOne(database, cachedSQL: sql, [closure]) else { return nil }
            try database.run(
                """
                INSERT INTO pins (name, closure_id, store_path, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
                ON CONFLICT (name) DO UPDATE SET closure_id = excluded.closure_id, store_path = excluded.store_path,
                    updated_at = excluded.updated_at, expires_at = NULL
                """, [name.text, closure, storePath, try database.instant().microseconds])
            return try SQLiteStore.pins("name = ?", [name.text], database).first
        }
    }

    /// Takes a name away.
    public func removePin(_ name: PinName) async throws(CacheError) -> Bool {
        try await write { database in
            try database.run("DELETE FROM pins WHERE name = ?", [name.text])
            return database.changesCount > 0
        }
    }

    /// The pin of a name.
    public func pin(_ name: PinName) async throws(CacheError) -> Pin? {
        try await read { database in try SQLiteStore.pins("name = ?", [name.text], database).first }
    }

    /// Pins in byte order of their names.
    public func pins(after: String, limit: Int) async throws(CacheError) -> [Pin] {
        try await read { database in
            try SQLiteStore.pins("name > ? ORDER BY name LIMIT ?", [after, limit], database)
        }
    }

    private static func pins(
        _ condition: String, _ arguments: StatementArguments, _ database: Database
    ) throws -> [Pin] {
        var pins: [Pin] = []
        let sql = "SELECT name, store_path, created_at, updated_at FROM pins WHERE \(condition)"
        try Row.forEach(database, sql, arguments) { row in
            pins.append(
                Pin(
                    name: row[0], storePath: row[1], createdAt: Timestamp(microseconds: row[2]),
                    updatedAt: Timestamp(microseconds: row[3])))
        }
        return pins
    }
}

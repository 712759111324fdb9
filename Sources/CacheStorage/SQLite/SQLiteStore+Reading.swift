public import CacheCore
import GRDB

extension SQLiteStore {
    /// Which of some keys are roots; they are touched.
    public func touchClosures(_ keys: [String]) async throws(CacheError) -> [String] {
        guard !keys.isEmpty else { return [] }
        return try await write { database in
            let now = try database.instant()
            return try String.fetchAll(
                database,
                cachedSQL: """
                    UPDATE closures SET updated_at = max(updated_at, ?)
                    WHERE key IN (SELECT value FROM json_each(?)) AND pulled = 0 RETURNING key
                    """, [now.microseconds, JSONList.strings(keys)]
            ).sorted()
        }
    }

    /// A root with all it keeps.
    public func closure(_ key: String) async throws(CacheError) -> ClosureContents? {
        try await read { database in
            let sql = "SELECT id, object_id, updated_at FROM closures WHERE key = ?"
            guard let row = try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [key]) else { return nil }
            let (closure, root): (Int64, ObjectID) = (row[0], row[1])
            let objects = try String.fetchAll(
                database,
                cachedSQL: """
                    WITH RECURSIVE reached (id) AS (
                        SELECT ?1 UNION SELECT object_id FROM extras WHERE closure_id = ?2
                        UNION SELECT r.value FROM reached JOIN objects AS o ON o.id = reached.id, json_each(o.refs) AS r
                    )
                    SELECT o.key FROM reached JOIN objects AS o ON o.id = reached.id ORDER BY o.key
                    """, [root, closure])
            return ClosureContents(key: key, updatedAt: Timestamp(microseconds: row[2]), objects: objects)
        }
    }

    /// The counts.
    public func statistics() async throws(CacheError) -> StoreStatistics {
        try await read { database in
            let sql = """
                SELECT coalesce(sum(objects), 0), coalesce(sum(bytes), 0),
                    (SELECT count(*) FROM uploads WHERE state IN (0, 1)) FROM statistics
                """
            guard let row = try Row.fetchOne(database.cachedStatement(sql: sql)) else {
                return StoreStatistics(objects: 0, bytes: 0, pendingUploads: 0)
            }
            return StoreStatistics(objects: row[0], bytes: row[1], pendingUploads: row[2])
        }
    }

    /// The store's clock.
    public func instant() async throws(CacheError) -> Timestamp {
        try await read { database in try database.instant() }
    }

    /// Checks that the store answers.
    public func ping() async throws(CacheError) {
        _ = try await read { database in try Int.fetchOne(database, cachedSQL: "SELECT id FROM run") }
    }
}

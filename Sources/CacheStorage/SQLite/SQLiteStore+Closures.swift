public import CacheCore
import GRDB

extension SQLiteStore: ClosureStore {
    /// Closures in byte order of their keys.
    public func closures(
        matching search: String, after: String, limit: Int
    ) async throws(CacheError) -> [ClosureRecord] {
        try await read { database in
            let sql = """
                SELECT key, store_path, updated_at FROM closures
                WHERE key > ? AND (store_path IS NULL OR instr(lower(store_path), lower(?)) > 0)
                ORDER BY key LIMIT ?
                """
            var records: [ClosureRecord] = []
            try Row.forEach(database, sql, [after, search, limit]) { row in
                records.append(
                    ClosureRecord(key: row[0], storePath: row[1], updatedAt: Timestamp(microseconds: row[2])))
            }
            return records
        }
    }

    /// The sizes of all objects that some closures keep.
    public func closureSizes(_ keys: [String]) async throws(CacheError) -> [String: Int64] {
        try await read { database in
            let sql = """
                WITH RECURSIVE roots AS (
                    SELECT c.id, c.key, c.object_id FROM json_each(?) AS j JOIN closures AS c ON c.key = j.value
                ), reached (root, id) AS (
                    SELECT id, object_id FROM roots
                    UNION SELECT e.closure_id, e.object_id FROM roots JOIN extras AS e ON e.closure_id = roots.id
                    UNION SELECT reached.root, r.value
                    FROM reached JOIN objects AS o ON o.id = reached.id, json_each(o.refs) AS r
                )
                SELECT roots.key, coalesce(sum(o.size), 0)
                FROM reached JOIN roots ON roots.id = reached.root JOIN objects AS o ON o.id = reached.id
                GROUP BY roots.key
                """
            var sizes: [String: Int64] = [:]
            try Row.forEach(database, sql, [JSONList.strings(keys)]) { sizes[$0[0]] = $0[1] }
            return sizes
        }
    }

    /// Keeps the store paths of closures.
    public func nameClosures(_ storePaths: [String: String]) async throws(CacheError) {
        try await write { database in
            for (key, path) in storePaths {
                try database.run("UPDATE closures SET store_path = ? WHERE key = ?", [path, key])
            }
        }
    }

    /// Deletes a closure that no pin keeps.
    public func removeClosure(_ key: String) async throws(CacheError) -> ClosureRemoval {
        try await write { database in
            let sql = "SELECT id FROM closures WHERE key = ?"
            guard let id = try Int64.fetchOne(database, cachedSQL: sql, [key]) else { return .unknown }
            try database.run("DELETE FROM pins WHERE expires_at <= ?", [try database.instant().microseconds])
            let names = try String.fetchAll(
                database, cachedSQL: "SELECT name FROM pinned WHERE closure_id = ? ORDER BY name LIMIT 3", [id])
            guard names.isEmpty else { return .pinned(by: names) }
            try database.run("DELETE FROM closures WHERE id = ?", [id])
            return .removed
        }
    }
}

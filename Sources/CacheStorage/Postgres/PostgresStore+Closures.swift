public import CacheCore

extension PostgresStore: ClosureStore {
    /// Closures in byte order of their keys.
    public func closures(
        matching search: String, after: String, limit: Int
    ) async throws(CacheError) -> [ClosureRecord] {
        try await transaction(.single) { connection in
            try connection.query(
                """
                SELECT key, store_path, updated_at FROM niks3.closures
                WHERE key > $1 AND (store_path IS NULL OR strpos(lower(store_path), lower($2)) > 0)
                ORDER BY key LIMIT $3
                """, [.text(after), .text(search), .int(Int64(limit))]
            ).map { row in
                ClosureRecord(
                    key: try row[0].text(), storePath: try row[1].textOrNil(), updatedAt: try row[2].timestamp())
            }
        }
    }

    /// The sizes of all objects that some closures keep.
    public func closureSizes(_ keys: [String]) async throws(CacheError) -> [String: Int64] {
        guard !keys.isEmpty else { return [:] }
        return try await transaction(.single) { connection in
            var sizes: [String: Int64] = [:]
            try connection.query(
                """
                WITH RECURSIVE roots AS (
                    SELECT id, key, object_id FROM niks3.closures WHERE key = ANY ($1)
                ), reached (root, id) AS (
                    (SELECT id, object_id FROM roots
                     UNION SELECT e.closure_id, e.object_id FROM roots JOIN niks3.extras AS e ON e.closure_id = roots.id)
                    UNION
                    SELECT reached.root, r.id FROM reached JOIN niks3.objects AS o ON o.id = reached.id
                    CROSS JOIN LATERAL unnest(o.refs) AS r (id)
                )
                SELECT roots.key, coalesce(sum(o.size), 0)::bigint
                FROM reached JOIN roots ON roots.id = reached.root JOIN niks3.objects AS o ON o.id = reached.id
                GROUP BY roots.key
                """, [.texts(keys)]
            ).forEach { sizes[try $0[0].text()] = try $0[1].int() }
            return sizes
        }
    }

    /// Keeps the store paths of closures.
    public func nameClosures(_ storePaths: [String: String]) async throws(CacheError) {
        let names = storePaths.sorted { $0.key < $1.key }
        try await transaction { connection in
            // In the order in which everybody locks closures.
            try connection.query(
                "SELECT FROM niks3.closures WHERE key = ANY ($1) ORDER BY key FOR NO KEY UPDATE",
                [.texts(names.map(\.key))])
            try connection.query(
                """
                UPDATE niks3.closures AS c SET store_path = n.store_path
                FROM unnest($1::text[], $2::text[]) AS n (key, store_path) WHERE c.key = n.key
                """, [.texts(names.map(\.key)), .texts(names.map(\.value))])
        }
    }

    /// Deletes a closure that no pin keeps.
    public func removeClosure(_ key: String) async throws(CacheError) -> ClosureRemoval {
        try await transaction { connection in
            let found = try connection.query("SELECT id FROM niks3.closures WHERE key = $1 FOR UPDATE", [.text(key)])
            guard let id = try found.first?[0].int() else { return .unknown }
            let now = try connection.instant()
            // In a statement of its own, which sees what was committed before the lock.
            let names = try connection.query(
                """
                SELECT name FROM niks3.pinned WHERE closure_id = $1 AND (expires_at IS NULL OR expires_at > $2)
                ORDER BY name LIMIT 3
                """, [.int(id), .int(now.microseconds)]
            ).map { try $0[0].text() }
            guard names.isEmpty else { return .pinned(by: names) }
            try connection.removeEndedPins(of: [id], at: now)
            try connection.query("DELETE FROM niks3.closures WHERE id = $1", [.int(id)])
            return .removed
        }
    }
}

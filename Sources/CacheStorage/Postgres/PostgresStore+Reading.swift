public import CacheCore

extension PostgresStore {
    /// Which of some keys are roots; they are touched.
    public func touchClosures(_ keys: [String]) async throws(CacheError) -> [String] {
        guard !keys.isEmpty else { return [] }
        return try await transaction { connection in
            let found = try connection.query(
                """
                SELECT id, key FROM niks3.closures WHERE key = ANY ($1) AND NOT pulled
                ORDER BY key FOR NO KEY UPDATE
                """, [.texts(keys)])
            let ids = try found.map { try $0[0].int() }
            guard !ids.isEmpty else { return [] }
            try connection.query(
                "UPDATE niks3.closures SET updated_at = greatest(updated_at, $2) WHERE id = ANY ($1)",
                [.ints(ids), .int(try connection.instant().microseconds)])
            return try found.map { try $0[1].text() }
        }
    }

    /// A root with all it keeps.
    public func closure(_ key: String) async throws(CacheError) -> ClosureContents? {
        try await transaction(.single) { connection in
            let rows = try connection.query(
                """
                WITH RECURSIVE root AS (
                    SELECT id, object_id, updated_at FROM niks3.closures WHERE key = $1
                ), reached (id) AS (
                    (SELECT object_id FROM root
                     UNION SELECT e.object_id FROM root JOIN niks3.extras AS e ON e.closure_id = root.id)
                    UNION
                    SELECT r.id FROM reached JOIN niks3.objects AS o ON o.id = reached.id
                    CROSS JOIN LATERAL unnest(o.refs) AS r (id)
                )
                SELECT o.key, (SELECT updated_at FROM root)
                FROM reached JOIN niks3.objects AS o ON o.id = reached.id ORDER BY o.key
                """, [.text(key)])
            guard let first = rows.first else { return nil }
            return ClosureContents(
                key: key, updatedAt: try first[1].timestamp(), objects: try rows.map { try $0[0].text() })
        }
    }

    /// The counts.
    public func statistics() async throws(CacheError) -> StoreStatistics {
        try await transaction(.single) { connection in
            let rows = try connection.query(
                """
                SELECT coalesce(sum(objects), 0)::bigint, coalesce(sum(bytes), 0)::bigint,
                    (SELECT count(*) FROM niks3.uploads WHERE state IN (0, 1))
                FROM niks3.statistics
                """)
            guard let row = rows.first else { return StoreStatistics(objects: 0, bytes: 0, pendingUploads: 0) }
            return StoreStatistics(
                objects: try row[0].int(), bytes: try row[1].int(), pendingUploads: try row[2].int())
        }
    }

    /// The store's clock.
    public func instant() async throws(CacheError) -> Timestamp {
        try await transaction(.single) { try $0.instant() }
    }

    /// Checks that the store answers.
    public func ping() async throws(CacheError) {
        try await transaction(.single) { _ = try $0.query("SELECT id FROM niks3.run") }
    }
}

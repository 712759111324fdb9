public import CacheCore

extension PostgresStore {
    /// All objects, closures and uploads at one instant, for checks. It is as large as the database.
    public func snapshot() async throws(CacheError) -> LifecycleSnapshot {
        try await transaction(.snapshot) { connection in
            var snapshot = LifecycleSnapshot(
                instant: try connection.instant(), objects: [:], uploads: [:], claims: [], closures: [],
                countedObjects: 0)
            try connection.query("SELECT coalesce(sum(objects), 0)::bigint FROM niks3.statistics")
                .forEach { snapshot.countedObjects = try $0[0].int() }
            try connection.query("SELECT id, key, state, refs, writable_until, busy_until FROM niks3.objects")
                .forEach { row in
                    let id = try row[0].int()
                    snapshot.objects[id] = LifecycleSnapshot.Object(
                        id: id, key: try row[1].text(), state: try row[2].objectState(), refs: try row[3].ints(),
                        writableUntil: try row[4].timestamp(), busyUntil: try row[5].timestamp())
                }
            try connection.query("SELECT id, state, roots FROM niks3.uploads").forEach { row in
                let id = try row[0].uploadID()
                snapshot.uploads[id] = LifecycleSnapshot.Upload(
                    id: id, state: try row[1].uploadState(), roots: try row[2].texts())
            }
            try connection.query("SELECT upload_id, object_id, publish FROM niks3.claims ORDER BY upload_id, object_id")
                .forEach { row in
                    snapshot.claims.append(
                        LifecycleSnapshot.Claim(
                            upload: try row[0].uploadID(), object: try row[1].int(), isPublished: try row[2].bool()))
                }
            try connection.query(
                """
                SELECT c.key, c.object_id,
                    ARRAY (SELECT e.object_id FROM niks3.extras AS e WHERE e.closure_id = c.id ORDER BY e.object_id),
                    c.updated_at, EXISTS (SELECT 1 FROM niks3.pinned AS p
                        WHERE p.closure_id = c.id AND (p.expires_at IS NULL OR p.expires_at > $1))
                FROM niks3.closures AS c ORDER BY key
                """, [.int(snapshot.instant.microseconds)]
            ).forEach { row in
                snapshot.closures.append(
                    LifecycleSnapshot.Closure(
                        key: try row[0].text(), object: try row[1].int(), extras: try row[2].ints(),
                        updatedAt: try row[3].timestamp(), isPinned: try row[4].bool()))
            }
            return snapshot
        }
    }
}

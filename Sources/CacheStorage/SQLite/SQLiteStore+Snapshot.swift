public import CacheCore
import GRDB

extension SQLiteStore {
    /// All objects, closures and uploads at one instant, for checks. It is as large as the database.
    public func snapshot() async throws(CacheError) -> LifecycleSnapshot {
        try await read { database in
            var snapshot = LifecycleSnapshot(
                instant: try database.instant(), objects: [:], uploads: [:], claims: [], closures: [],
                countedObjects: try Int64.fetchOne(
                    database, cachedSQL: "SELECT coalesce(sum(objects), 0) FROM statistics") ?? 0)
            let objects = "SELECT id, key, state, refs, writable_until, busy_until FROM objects"
            try Row.forEach(database, objects) { row in
                snapshot.objects[row[0]] = LifecycleSnapshot.Object(
                    id: row[0], key: row[1], state: try ObjectState(column: row[2]),
                    refs: JSONList.numbers(in: row[3]), writableUntil: Timestamp(microseconds: row[4]),
                    busyUntil: Timestamp(microseconds: row[5]))
            }
            try Row.forEach(database, "SELECT id, state FROM uploads") { row in
                let id = UploadID(rawValue: row[0])
                snapshot.uploads[id] = LifecycleSnapshot.Upload(
                    id: id, state: try UploadState(column: row[1]),
                    roots: try String.fetchAll(
                        database, cachedSQL: "SELECT value FROM json_each((SELECT roots FROM uploads WHERE id = ?))",
                        [id.rawValue]))
            }
            try Row.forEach(database, "SELECT upload_id, object_id, publish FROM claims") { row in
                snapshot.claims.append(
                    LifecycleSnapshot.Claim(
                        upload: UploadID(rawValue: row[0]), object: row[1], isPublished: row[2]))
            }
            let closures = """
                SELECT c.key, c.object_id, c.id, c.updated_at, EXISTS (SELECT 1 FROM pinned AS p
                    WHERE p.closure_id = c.id AND (p.expires_at IS NULL OR p.expires_at > ?))
                FROM closures AS c ORDER BY c.key
                """
            try Row.forEach(database, closures, [snapshot.instant.microseconds]) { row in
                snapshot.closures.append(
                    LifecycleSnapshot.Closure(
                        key: row[0], object: row[1],
                        extras: try Int64.fetchAll(
                            database,
                            cachedSQL: "SELECT object_id FROM extras WHERE closure_id = ? ORDER BY object_id",
                            [row[2] as Int64]),
                        updatedAt: Timestamp(microseconds: row[3]), isPinned: row[4]))
            }
            return snapshot
        }
    }
}

public import CacheCore
import GRDB

extension SQLiteStore {
    /// Which of some multipart uploads of the object store no upload has begun.
    public func unregisteredMultiparts(
        _ multiparts: [MultipartPage.Marker]
    ) async throws(CacheError) -> [MultipartPage.Marker] {
        try await read { database in
            let sql = "SELECT EXISTS (SELECT 1 FROM multiparts WHERE key = ? AND store_id = ?)"
            return try multiparts.filter { multipart in
                try Bool.fetchOne(database, cachedSQL: sql, [multipart.key, multipart.uploadID]) == false
            }
        }
    }

    /// Deletes closures that are too old and not pinned.
    public func expireClosures(
        olderThan age: Duration, limit: Int, run: CollectionRun
    ) async throws(CacheError) -> Int? {
        try await write { database in
            guard try SQLiteStore.isCurrent(run, database) else { return nil }
            let now = try database.instant()
            try database.run("DELETE FROM pins WHERE expires_at <= ?", [now.microseconds])
            try database.run(
                """
                DELETE FROM closures WHERE id IN (
                    SELECT c.id FROM closures AS c WHERE c.updated_at <= ?
                        AND NOT EXISTS (SELECT 1 FROM pinned AS p WHERE p.closure_id = c.id)
                    ORDER BY c.updated_at, c.id LIMIT ?)
                """, [(now - age).microseconds, limit])
            return database.changesCount
        }
    }

    /// Loads objects, closures, extras and claims, all at one instant.
    public func loadPlan(_ limits: PlanLimits, run: CollectionRun?) async throws(CacheError) -> GCPlanner? {
        try await read { database in
            if let run, try !SQLiteStore.isCurrent(run, database) { return nil }
            let now = try database.instant()
            var planner = GCPlanner(now: now, retention: limits.retention(at: now))
            planner.reserve(
                objects: try Int.fetchOne(database, cachedSQL: "SELECT count(*) FROM objects") ?? 0, references: 0)
            try SQLiteStore.loadObjects(into: &planner, database)
            try SQLiteStore.loadRoots(into: &planner, database)
            return planner
        }
    }

    private static func loadObjects(into planner: inout GCPlanner, _ database: Database) throws {
        let sql = "SELECT id, state, size, condemned_at, writable_until, busy_until, refs FROM objects"
        try Row.forEach(database, sql) { row in
            let (size, condemnedAt): (Int64?, Int64?) = (row[2], row[3])
            planner.add(
                GCObject(
                    id: row[0], state: try ObjectState(column: row[1]), size: size ?? 0,
                    condemnedAt: condemnedAt.map(Timestamp.init(microseconds:)),
                    writableUntil: Timestamp(microseconds: row[4]), busyUntil: Timestamp(microseconds: row[5])),
                refs: JSONList.numbers(in: row[6]))
        }
    }

    private static func loadRoots(into planner: inout GCPlanner, _ database: Database) throws {
        let closures = """
            SELECT c.object_id, c.updated_at,
                EXISTS (SELECT 1 FROM pinned AS p
                    WHERE p.closure_id = c.id AND (p.expires_at IS NULL OR p.expires_at > ?))
            FROM closures AS c
            """
        try Row.forEach(database, closures, [planner.now.microseconds]) { row in
            planner.addClosure(row[0], updatedAt: Timestamp(microseconds: row[1]), isPinned: row[2])
        }
        let extras = "SELECT e.object_id, c.object_id FROM extras AS e JOIN closures AS c ON c.id = e.closure_id"
        try Row.forEach(database, extras) { row in planner.addExtra(row[0], closure: row[1]) }
        try Row.forEach(database, "SELECT id, started_at FROM uploads WHERE state = 0") { row in
            planner.addOpenUpload(UploadID(rawValue: row[0]), startedAt: Timestamp(microseconds: row[1]))
        }
        try Row.forEach(database, "SELECT object_id, upload_id FROM claims") { row in
            planner.addClaim(row[0], upload: UploadID(rawValue: row[1]))
        }
    }

    /// Makes condemned objects live again.
    public func revive(_ objects: [ObjectID], run: CollectionRun) async throws(CacheError) -> Int? {
        try await write { database in
            guard try SQLiteStore.isCurrent(run, database) else { return nil }
            try database.run(
                """
                UPDATE objects SET state = 1, condemned_at = NULL
                WHERE state = 2 AND id IN (SELECT value FROM json_each(?))
                """, [JSONList.numbers(objects)])
            return database.changesCount
        }
    }

    /// Condemns live objects that nobody claims, and gives up uploading ones that can be written no more.
    public func condemn(_ objects: [ObjectID], force: Bool, run: CollectionRun) async throws(CacheError) -> Int? {
        try await write { database in
            guard
                try Bool.fetchOne(
                    database, cachedSQL: "SELECT id = ? AND finished_at IS NULL AND collecting FROM run", [run.rawValue]
                )
                    == true
            else { return nil }
            let now = try database.instant()
            let ids = JSONList.numbers(objects)
            try database.run(
                """
                UPDATE objects SET state = 2, condemned_at = ?1
                WHERE state = 1 AND id IN (SELECT value FROM json_each(?2))
                    AND NOT EXISTS (SELECT 1 FROM claims AS c WHERE c.object_id = objects.id)
                """, [now.microseconds, ids])
            let condemned = database.changesCount
            try database.run(
                """
                UPDATE objects SET state = 3, gone = 0
                WHERE state = 0 AND (?1 OR writable_until <= ?2) AND id IN (SELECT value FROM json_each(?3))
                    AND NOT EXISTS (SELECT 1 FROM claims AS c WHERE c.object_id = objects.id)
                """, [force, now.microseconds, ids])
            return condemned + database.changesCount
        }
    }

    /// The keys of some objects.
    public func keys(of objects: [ObjectID]) async throws(CacheError) -> [ObjectID: String] {
        try await read { database in
            var keys: [ObjectID: String] = [:]
            let sql = "SELECT o.id, o.key FROM json_each(?) AS j CROSS JOIN objects AS o ON o.id = j.value"
            try Row.forEach(database, sql, [JSONList.numbers(objects)]) { keys[$0[0]] = $0[1] }
            return keys
        }
    }
}

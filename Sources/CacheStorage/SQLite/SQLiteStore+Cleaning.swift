public import CacheCore
import GRDB

extension SQLiteStore {
    /// Deletes claims and texts of a finished upload.
    public func releaseClaims(of upload: UploadID, limit: Int) async throws(CacheError) -> ClaimRelease {
        try await write { database in
            let now = try database.instant()
            switch try SQLiteStore.state(of: upload, database) {
            case .open, .publishing, nil:
                return ClaimRelease(instant: now, progress: .notFinished)
            case .completed where try Bool.fetchOne(database, cachedSQL: "SELECT collecting FROM run") == true:
                return ClaimRelease(instant: now, progress: .leftToCollection)
            case .completed, .dropped:
                break
            }
            try database.run(
                """
                DELETE FROM claims WHERE upload_id = ?1 AND object_id IN (
                    SELECT object_id FROM claims WHERE upload_id = ?1 ORDER BY object_id LIMIT ?2)
                """, [upload.rawValue, limit])
            return ClaimRelease(instant: now, progress: database.changesCount < limit ? .done : .more)
        }
    }

    /// Drops one upload if it is open.
    public func dropUpload(_ upload: UploadID) async throws(CacheError) {
        try await write { database in
            try database.run("UPDATE uploads SET state = 3 WHERE id = ? AND state = 0", [upload.rawValue])
        }
    }

    /// Drops open uploads that are older.
    public func dropUploads(olderThan age: Duration, limit: Int) async throws(CacheError) -> [UploadID] {
        try await write { database in
            let now = try database.instant()
            return try Int64.fetchAll(
                database,
                cachedSQL: """
                    UPDATE uploads SET state = 3 WHERE id IN (
                        SELECT id FROM uploads WHERE state = 0 AND started_at <= ? ORDER BY id LIMIT ?)
                    RETURNING id
                    """, [(now - age).microseconds, limit]
            ).sorted().map(UploadID.init(rawValue:))
        }
    }

    /// Uploads that are completed or dropped.
    public func finishedUploads(
        after: UploadID, limit: Int, writeWindow: Duration
    ) async throws(CacheError) -> [FinishedUpload] {
        try await read { database in
            let now = try database.instant()
            var result: [FinishedUpload] = []
            let sql = """
                SELECT u.id, EXISTS (SELECT 1 FROM claims AS c WHERE c.upload_id = u.id), u.started_at < ?
                FROM uploads AS u WHERE u.state IN (2, 3) AND u.id > ? ORDER BY u.id LIMIT ?
                """
            try Row.forEach(database, sql, [(now - writeWindow).microseconds, after.rawValue, limit]) { row in
                result.append(
                    FinishedUpload(
                        id: UploadID(rawValue: row[0]), hasClaims: row[1], isOver: row[2], instant: now))
            }
            return result
        }
    }

    /// Multipart uploads that nobody needs any more.
    public func multipartsToAbort(limit: Int) async throws(CacheError) -> [MultipartRecord] {
        try await read { database in
            try SQLiteStore.multiparts(
                """
                SELECT m.object_id, m.key, m.store_id FROM multiparts AS m JOIN uploads AS u ON u.id = m.upload_id
                WHERE m.abandoned = 1 OR u.state IN (2, 3) ORDER BY m.key, m.store_id LIMIT ?
                """, [limit], database)
        }
    }

    /// Forgets multipart uploads that are certainly gone.
    public func removeMultiparts(_ multiparts: [MultipartRecord]) async throws(CacheError) {
        try await write { database in
            let statement = try database.cachedStatement(
                sql: "DELETE FROM multiparts WHERE key = ? AND store_id = ?")
            for multipart in multiparts {
                try statement.execute(arguments: [multipart.key, multipart.storeID])
            }
        }
    }

    /// Deletes the row of a finished upload that is over.
    public func removeUpload(_ upload: UploadID, writeWindow: Duration) async throws(CacheError) -> Bool {
        try await write { database in
            let now = try database.instant()
            try database.run(
                """
                DELETE FROM uploads WHERE id = ?1 AND state IN (2, 3) AND started_at < ?2
                    AND NOT EXISTS (SELECT 1 FROM claims WHERE upload_id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM multiparts WHERE upload_id = ?1)
                """, [upload.rawValue, (now - writeWindow).microseconds])
            return try SQLiteStore.state(of: upload, database) == nil
        }
    }

    /// Adds the appended differences of the statistics up.
    public func foldStatistics() async throws(CacheError) {
        try await write { database in
            guard try Int.fetchOne(database, cachedSQL: "SELECT count(*) FROM statistics") ?? 0 > 1 else { return }
            try database.run(
                """
                INSERT INTO statistics (id, objects, bytes)
                SELECT coalesce(max(id), 0) + 1, coalesce(sum(objects), 0), coalesce(sum(bytes), 0) FROM statistics
                """)
            try database.run("DELETE FROM statistics WHERE id < (SELECT max(id) FROM statistics)")
        }
    }
}

public import CacheCore

extension PostgresStore {
    /// Deletes claims and texts of a finished upload.
    public func releaseClaims(of upload: UploadID, limit: Int) async throws(CacheError) -> ClaimRelease {
        try await transaction { connection in
            let state = try connection.lock(upload, .update)
            let now = try connection.instant()
            switch state {
            case .open, .publishing, nil:
                return ClaimRelease(instant: now, progress: .notFinished)
            case .completed where try connection.isCollecting():
                return ClaimRelease(instant: now, progress: .leftToCollection)
            case .completed, .dropped:
                break
            }
            let objects = try connection.query(
                "SELECT object_id FROM niks3.claims WHERE upload_id = $1 ORDER BY object_id LIMIT $2",
                [.int(upload.rawValue), .int(Int64(limit))]
            ).map { try $0[0].int() }
            for table in ["texts", "claims"] {
                try connection.query(
                    "DELETE FROM niks3.\(table) WHERE upload_id = $1 AND object_id = ANY ($2)",
                    [.int(upload.rawValue), .ints(objects)])
            }
            return ClaimRelease(instant: now, progress: objects.count < limit ? .done : .more)
        }
    }

    /// Drops one upload if it is open.
    public func dropUpload(_ upload: UploadID) async throws(CacheError) {
        try await transaction { connection in
            guard try connection.lock(upload, .update) == .open else { return }
            try connection.query("UPDATE niks3.uploads SET state = 3 WHERE id = $1", [.int(upload.rawValue)])
        }
    }

    /// Drops open uploads that are older.
    public func dropUploads(olderThan age: Duration, limit: Int) async throws(CacheError) -> [UploadID] {
        try await transaction { connection in
            let now = try connection.instant()
            // What is in use just now is left to a later call.
            let old = try connection.query(
                """
                SELECT id FROM niks3.uploads WHERE state = 0 AND started_at <= $1
                ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
                """, [.int((now - age).microseconds), .int(Int64(limit))]
            ).map { try $0[0].uploadID() }
            try connection.query(
                "UPDATE niks3.uploads SET state = 3 WHERE id = ANY ($1)", [.ints(old.map(\.rawValue))])
            return old
        }
    }

    /// Uploads that are completed or dropped.
    public func finishedUploads(
        after: UploadID, limit: Int, writeWindow: Duration
    ) async throws(CacheError) -> [FinishedUpload] {
        try await transaction { connection in
            let now = try connection.instant()
            return try connection.query(
                """
                SELECT u.id, EXISTS (SELECT FROM niks3.claims AS c WHERE c.upload_id = u.id), u.started_at < $1
                FROM niks3.uploads AS u WHERE u.state IN (2, 3) AND u.id > $2 ORDER BY u.id LIMIT $3
                """, [.int((now - writeWindow).microseconds), .int(after.rawValue), .int(Int64(limit))]
            ).map { row in
                FinishedUpload(
                    id: try row[0].uploadID(), hasClaims: try row[1].bool(), isOver: try row[2].bool(), instant: now)
            }
        }
    }

    /// Multipart uploads that nobody needs any more.
    public func multipartsToAbort(limit: Int) async throws(CacheError) -> [MultipartRecord] {
        try await transaction(.single) { connection in
            try connection.query(
                """
                SELECT m.object_id, m.key, m.store_id
                FROM niks3.multiparts AS m JOIN niks3.uploads AS u ON u.id = m.upload_id
                WHERE m.abandoned OR u.state IN (2, 3) ORDER BY m.key, m.store_id LIMIT $1
                """, [.int(Int64(limit))]
            ).map { try $0.multipart() }
        }
    }

    /// Forgets multipart uploads that are certainly gone.
    public func removeMultiparts(_ multiparts: [MultipartRecord]) async throws(CacheError) {
        try await transaction(.single) { connection in
            _ = try connection.query(
                """
                WITH gone AS (
                    SELECT m.key, m.store_id FROM unnest($1::text[], $2::text[]) AS g (key, store_id)
                    JOIN niks3.multiparts AS m ON m.key = g.key AND m.store_id = g.store_id
                    ORDER BY m.key, m.store_id FOR UPDATE OF m
                )
                DELETE FROM niks3.multiparts AS m USING gone AS g WHERE m.key = g.key AND m.store_id = g.store_id
                """, [.texts(multiparts.map(\.key)), .texts(multiparts.map(\.storeID))])
        }
    }

    /// Deletes the row of a finished upload that is over.
    public func removeUpload(_ upload: UploadID, writeWindow: Duration) async throws(CacheError) -> Bool {
        try await transaction { connection in
            guard try connection.lock(upload, .update) != nil else { return true }
            let now = try connection.instant()
            return try connection.query(
                """
                DELETE FROM niks3.uploads WHERE id = $1 AND state IN (2, 3) AND started_at < $2
                    AND NOT EXISTS (SELECT FROM niks3.claims WHERE upload_id = $1)
                    AND NOT EXISTS (SELECT FROM niks3.multiparts WHERE upload_id = $1)
                """, [.int(upload.rawValue), .int((now - writeWindow).microseconds)]
            ).changed == 1
        }
    }

    /// Adds the appended differences of the statistics up.
    public func foldStatistics() async throws(CacheError) {
        try await transaction { connection in
            // Another one that does the same has what is locked.
            let rows = try connection.query("SELECT id FROM niks3.statistics FOR UPDATE SKIP LOCKED")
            guard rows.count > 1 else { return }
            try connection.query(
                """
                WITH folded AS (DELETE FROM niks3.statistics WHERE id = ANY ($1) RETURNING objects, bytes)
                INSERT INTO niks3.statistics (objects, bytes) SELECT sum(objects), sum(bytes) FROM folded
                """, [.ints(try rows.map { try $0[0].int() })])
        }
    }
}

extension PostgresConnection {
    /// Whether a collection is under way that may not have seen the roots of what completed since it began.
    fileprivate func isCollecting() throws -> Bool {
        try query("SELECT collecting FROM niks3.run").first?[0].bool() ?? false
    }
}

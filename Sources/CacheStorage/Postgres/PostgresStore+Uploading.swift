public import CacheCore

extension PostgresStore {
    /// Notes that a client says it uploaded objects.
    public func noteUploaded(_ keys: [ObjectKey]) async throws(CacheError) -> [UploadedObject] {
        let written = keys.filter(\.type.isWrittenByClients)
        return try await transaction(.single) { connection in
            // The rows are locked by key, as all are.
            let rows = try connection.query(
                """
                WITH found AS (
                    SELECT DISTINCT ON (o.id) c.upload_id, o.id, o.state, c.nar_size, o.key FROM niks3.objects AS o
                    JOIN niks3.claims AS c ON c.object_id = o.id AND c.listed
                    JOIN niks3.uploads AS u ON u.id = c.upload_id AND u.state = 0
                    WHERE o.key = ANY ($1) ORDER BY o.id, c.upload_id DESC
                ), locked AS (
                    SELECT o.id FROM niks3.objects AS o JOIN found AS f ON f.id = o.id
                    WHERE f.key = ANY ($2) AND o.state = 0 AND NOT o.registered
                    ORDER BY o.key FOR NO KEY UPDATE OF o
                ), noted AS (
                    UPDATE niks3.objects SET registered = true
                    WHERE id IN (SELECT id FROM locked) AND state = 0 AND NOT registered
                )
                SELECT upload_id, id, state, nar_size, key FROM found
                """, [.texts(keys.map(\.text)), .texts(written.map(\.text))])
            return try rows.map { row in
                UploadedObject(
                    key: try ObjectKey(try row[4].text()), upload: try row[0].uploadID(), object: try row[1].int(),
                    state: try row[2].objectState(), narSize: try row[3].intOrNil())
            }
        }
    }

    /// Makes uploading objects live that were seen in the bucket.
    public func markArrived(_ arrivals: [ObjectArrival], upload: UploadID) async throws(CacheError) -> Set<ObjectID> {
        try await transaction { connection in
            try connection.lock(arrivals.map(\.id), .noKeyUpdate)
            // Looked for only now, since the statement that locks sees what was before it waited.
            let rows = try connection.query(
                "SELECT object_id FROM niks3.claims WHERE upload_id = $1 AND object_id = ANY ($2)",
                [.int(upload.rawValue), .ints(arrivals.map(\.id))])
            let claimed = Set(try rows.map { try $0[0].int() })
            try connection.makeLive(arrivals.filter { claimed.contains($0.id) })
            let live = try connection.query(
                "SELECT id FROM niks3.objects WHERE id = ANY ($1) AND state = 1", [.ints(Array(claimed))])
            return Set(try live.map { try $0[0].int() })
        }
    }

    /// Looks for a multipart upload of an open upload.
    public func multipart(key: ObjectKey, storeID: String) async throws(CacheError) -> RegisteredMultipart? {
        try await transaction { connection in try connection.multipart(key, storeID) }
    }

    /// Announces that a multipart upload is about to be completed.
    public func beginMultipartCompletion(
        key: ObjectKey, storeID: String, window: Duration
    ) async throws(CacheError) -> RegisteredMultipart? {
        try await transaction { connection in
            guard var registered = try connection.multipart(key, storeID, lock: .keyShare) else { return nil }
            try connection.lock([registered.object], .noKeyUpdate)
            registered.instant = try connection.instant()
            try connection.query(
                """
                UPDATE niks3.objects
                SET writable_until = greatest(writable_until, $2), registered = registered OR state = 0 WHERE id = $1
                """, [.int(registered.object), .int((registered.instant + window).microseconds)])
            return registered
        }
    }

    /// Forgets a multipart upload that was completed.
    public func finishMultipart(_ multipart: MultipartRecord) async throws(CacheError) -> [MultipartRecord] {
        try await transaction { connection in
            try connection.query(
                "SELECT FROM niks3.multiparts WHERE key = $1 ORDER BY store_id FOR UPDATE", [.text(multipart.key)])
            try connection.query(
                "DELETE FROM niks3.multiparts WHERE key = $1 AND store_id = $2",
                [.text(multipart.key), .text(multipart.storeID)])
            try connection.query(
                "UPDATE niks3.multiparts SET abandoned = true WHERE key = $1", [.text(multipart.key)])
            return try connection.query(
                "SELECT object_id, key, store_id FROM niks3.multiparts WHERE key = $1 ORDER BY store_id",
                [.text(multipart.key)]
            ).map { try $0.multipart() }
        }
    }
}

extension PostgresConnection {
    /// Looks for a multipart upload of an open upload, which is locked as asked.
    fileprivate func multipart(
        _ key: ObjectKey, _ storeID: String, lock: PostgresRowLock? = nil
    ) throws -> RegisteredMultipart? {
        let rows = try query(
            """
            SELECT u.id, m.object_id, c.nar_size FROM niks3.multiparts AS m
            JOIN niks3.uploads AS u ON u.id = m.upload_id AND u.state = 0
            JOIN niks3.claims AS c ON c.upload_id = m.upload_id AND c.object_id = m.object_id
            WHERE m.key = $1 AND m.store_id = $2 AND NOT m.abandoned \(lock.map { "\($0.rawValue) OF u" } ?? "")
            """, [.text(key.text), .text(storeID)])
        return try rows.first.map { row in
            RegisteredMultipart(
                instant: try instant(), upload: try row[0].uploadID(), object: try row[1].int(),
                narSize: try row[2].intOrNil())
        }
    }
}

extension PostgresRow {
    /// A row of an object's number, its key and the object store's id.
    func multipart() throws -> MultipartRecord {
        MultipartRecord(object: try self[0].int(), key: try self[1].text(), storeID: try self[2].text())
    }
}

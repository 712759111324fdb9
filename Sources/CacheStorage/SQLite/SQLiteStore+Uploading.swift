public import CacheCore
import GRDB

extension SQLiteStore {
    /// Notes that a client says it uploaded objects.
    public func noteUploaded(_ keys: [ObjectKey]) async throws(CacheError) -> [UploadedObject] {
        try await write { database in
            let sql = """
                SELECT c.upload_id, o.id, o.state, c.nar_size FROM objects AS o
                JOIN claims AS c ON c.object_id = o.id AND c.listed = 1
                JOIN uploads AS u ON u.id = c.upload_id AND u.state = 0
                WHERE o.key = ? ORDER BY c.upload_id DESC LIMIT 1
                """
            return try keys.compactMap { key in
                guard let row = try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [key.text]) else {
                    return nil
                }
                let uploaded = UploadedObject(
                    key: key, upload: UploadID(rawValue: row[0]), object: row[1],
                    state: try ObjectState(column: row[2]), narSize: row[3])
                if uploaded.state == .uploading, key.type.isWrittenByClients {
                    try database.run("UPDATE objects SET registered = 1 WHERE id = ?", [uploaded.object])
                }
                return uploaded
            }
        }
    }

    /// Makes uploading objects live that were seen in the bucket.
    public func markArrived(_ arrivals: [ObjectArrival], upload: UploadID) async throws(CacheError) -> Set<ObjectID> {
        try await write { database in
            let sql = """
                SELECT c.object_id FROM json_each(?) AS j
                CROSS JOIN claims AS c ON c.upload_id = ? AND c.object_id = j.value
                """
            let ids = JSONList.numbers(arrivals.lazy.map(\.id))
            let claimed = Set(try Int64.fetchAll(database, cachedSQL: sql, [ids, upload.rawValue]))
            try SQLiteStore.makeLive(arrivals.filter { claimed.contains($0.id) }, database)
            return Set(
                try Int64.fetchAll(
                    database,
                    cachedSQL: """
                        SELECT o.id FROM json_each(?) AS j CROSS JOIN objects AS o ON o.id = j.value WHERE o.state = 1
                        """, [JSONList.numbers(claimed)]))
        }
    }

    /// Looks for a multipart upload of an open upload.
    public func multipart(key: ObjectKey, storeID: String) async throws(CacheError) -> RegisteredMultipart? {
        try await read { database in try SQLiteStore.multipart(key, storeID, database) }
    }

    private static func multipart(
        _ key: ObjectKey, _ storeID: String, _ database: Database
    ) throws -> RegisteredMultipart? {
        let sql = """
            SELECT m.upload_id, m.object_id, c.nar_size FROM multiparts AS m
            JOIN uploads AS u ON u.id = m.upload_id AND u.state = 0
            JOIN claims AS c ON c.upload_id = m.upload_id AND c.object_id = m.object_id
            WHERE m.key = ? AND m.store_id = ? AND m.abandoned = 0
            """
        let row = try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [key.text, storeID])
        let now = try database.instant()
        return row.map { row in
            RegisteredMultipart(
                instant: now, upload: UploadID(rawValue: row[0]), object: row[1], narSize: row[2])
        }
    }

    /// Announces that a multipart upload is about to be completed.
    public func beginMultipartCompletion(
        key: ObjectKey, storeID: String, window: Duration
    ) async throws(CacheError) -> RegisteredMultipart? {
        try await write { database in
            guard let registered = try SQLiteStore.multipart(key, storeID, database) else { return nil }
            try SQLiteStore.extendWritable(
                JSONList.numbers([registered.object]), until: registered.instant + window, database)
            try database.run("UPDATE objects SET registered = 1 WHERE id = ? AND state = 0", [registered.object])
            return registered
        }
    }

    /// Forgets a multipart upload that was completed.
    public func finishMultipart(_ multipart: MultipartRecord) async throws(CacheError) -> [MultipartRecord] {
        try await write { database in
            try database.run(
                "DELETE FROM multiparts WHERE key = ? AND store_id = ?", [multipart.key, multipart.storeID])
            try database.run("UPDATE multiparts SET abandoned = 1 WHERE key = ?", [multipart.key])
            return try SQLiteStore.multiparts(
                "SELECT object_id, key, store_id FROM multiparts WHERE key = ?", [multipart.key], database)
        }
    }

    static func multiparts(
        _ sql: String, _ arguments: StatementArguments, _ database: Database
    ) throws -> [MultipartRecord] {
        var result: [MultipartRecord] = []
        try Row.forEach(database, sql, arguments) { row in
            result.append(MultipartRecord(object: row[0], key: row[1], storeID: row[2]))
        }
        return result
    }
}

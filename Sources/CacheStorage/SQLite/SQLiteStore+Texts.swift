public import CacheCore
import GRDB

extension SQLiteStore {
    /// Looks up which of some keys an open upload lists.
    public func listedObjects(
        _ keys: [String], upload: UploadID
    ) async throws(CacheError) -> [String: ObjectID]? {
        try await read { database in
            guard try SQLiteStore.state(of: upload, database) == .open else { return nil }
            let sql = """
                SELECT o.key, o.id FROM json_each(?) AS k CROSS JOIN objects AS o ON o.key = k.value
                JOIN claims AS c ON c.upload_id = ? AND c.object_id = o.id AND c.listed = 1
                """
            var ids: [String: ObjectID] = [:]
            try Row.forEach(database, sql, [JSONList.strings(keys), upload.rawValue]) { ids[$0[0]] = $0[1] }
            return ids
        }
    }

    /// Keeps texts with claims of an open upload.
    public func storeTexts(_ texts: [ObjectText], upload: UploadID) async throws(CacheError) -> Bool {
        try await write { database in
            guard try SQLiteStore.state(of: upload, database) == .open else { return false }
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO texts (upload_id, object_id, bytes, refs, nar_key, staged) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (upload_id, object_id)
                    DO UPDATE SET bytes = excluded.bytes, refs = excluded.refs, nar_key = excluded.nar_key,
                        staged = excluded.staged
                    """)
            for text in texts {
                try statement.execute(arguments: [
                    upload.rawValue, text.object, Blob(text.bytes), KeyList.text(text.refs), text.narKey,
                    text.isStaged,
                ])
            }
            return true
        }
    }

    /// Takes over texts that other uploads hold.
    public func borrowTexts(
        for objects: [ObjectID], upload: UploadID
    ) async throws(CacheError) -> [ObjectID: [UploadID]] {
        try await write { database in
            let ids = JSONList.numbers(objects)
            try SQLiteStore.borrowTexts(for: ids, upload: upload, database)
            var others: [ObjectID: [UploadID]] = [:]
            let sql = """
                SELECT c.object_id, c.upload_id FROM json_each(?2) AS j
                CROSS JOIN claims AS c ON c.object_id = j.value AND c.upload_id <> ?1 AND c.listed = 1
                WHERE NOT EXISTS (SELECT 1 FROM texts AS t WHERE t.upload_id = ?1 AND t.object_id = c.object_id)
                ORDER BY c.upload_id DESC
                """
            try Row.forEach(database, sql, [upload.rawValue, ids]) { row in
                others[row[0], default: []].append(UploadID(rawValue: row[1]))
            }
            return others
        }
    }

    /// Takes over the newest text of each object that the upload has none for.
    static func borrowTexts(for ids: String, upload: UploadID, _ database: Database) throws {
        try database.run(
            """
            INSERT OR IGNORE INTO texts (upload_id, object_id, bytes, refs, nar_key, staged)
            SELECT ?1, t.object_id, t.bytes, t.refs, t.nar_key, 1
            FROM json_each(?2) AS j CROSS JOIN texts AS t ON t.object_id = j.value
            JOIN claims AS c ON c.upload_id = ?1 AND c.object_id = t.object_id
            WHERE t.upload_id <> ?1 ORDER BY t.upload_id DESC
            """, [upload.rawValue, ids])
    }

    /// Looks an upload up.
    public func upload(_ id: UploadID) async throws(CacheError) -> StartedUpload? {
        try await read { database in
            let sql = "SELECT state, started_at FROM uploads WHERE id = ?"
            guard let row = try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [id.rawValue]) else {
                return nil
            }
            return StartedUpload(
                id: id, state: try UploadState(column: row[0]), startedAt: Timestamp(microseconds: row[1]))
        }
    }

    /// The listed objects of an upload that are not live.
    public func unfinishedObjects(
        of upload: UploadID, after: ObjectID, limit: Int
    ) async throws(CacheError) -> [UnfinishedObject] {
        try await read { database in
            let sql = """
                SELECT o.id, o.key, c.nar_size,
                    EXISTS (SELECT 1 FROM texts AS t WHERE t.upload_id = c.upload_id AND t.object_id = c.object_id
                        AND t.staged = 0)
                FROM claims AS c JOIN objects AS o ON o.id = c.object_id
                WHERE c.upload_id = ? AND c.object_id > ? AND c.listed = 1 AND o.state <> 1
                ORDER BY c.object_id LIMIT ?
                """
            var result: [UnfinishedObject] = []
            try Row.forEach(database, sql, [upload.rawValue, after, limit]) { row in
                result.append(
                    UnfinishedObject(
                        id: row[0], key: try ObjectKey(column: row[1]), narSize: row[2], hasText: row[3]))
            }
            return result
        }
    }
}

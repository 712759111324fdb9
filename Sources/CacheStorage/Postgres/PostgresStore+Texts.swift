public import CacheCore

extension PostgresStore {
    /// Looks up which of some keys an open upload lists.
    public func listedObjects(
        _ keys: [String], upload: UploadID
    ) async throws(CacheError) -> [String: ObjectID]? {
        try await transaction { connection in
            let state = try connection.query(
                "SELECT state FROM niks3.uploads WHERE id = $1", [.int(upload.rawValue)]
            ).first.map { try $0[0].uploadState() }
            guard state == .open else { return nil }
            var ids: [String: ObjectID] = [:]
            try connection.query(
                """
                SELECT o.key, o.id FROM unnest($1::text[]) AS k (key) JOIN niks3.objects AS o ON o.key = k.key
                CROSS JOIN LATERAL (SELECT FROM niks3.claims AS c
                                    WHERE c.upload_id = $2 AND c.object_id = o.id AND c.listed OFFSET 0) AS c
                """, [.texts(keys), .int(upload.rawValue)]
            ).forEach { row in ids[try row[0].text()] = try row[1].int() }
            return ids
        }
    }

    /// Keeps texts with claims of an open upload.
    public func storeTexts(_ texts: [ObjectText], upload: UploadID) async throws(CacheError) -> Bool {
        // The last one counts where an object has several.
        let texts = Array(Dictionary(texts.map { ($0.object, $0) }, uniquingKeysWith: { $1 }).values)
        return try await transaction { connection in
            guard try connection.lock(upload, .keyShare) == .open else { return false }
            let stored = try connection.query(
                """
                INSERT INTO niks3.texts (upload_id, object_id, bytes, refs, nar_key, staged)
                SELECT c.upload_id, c.object_id, t.bytes, t.refs, t.nar_key, t.staged
                FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::boolean[])
                    AS t (object_id, bytes, refs, nar_key, staged)
                CROSS JOIN LATERAL (SELECT c.upload_id, c.object_id FROM niks3.claims AS c
                                    WHERE c.upload_id = $1 AND c.object_id = t.object_id OFFSET 0) AS c
                ON CONFLICT (upload_id, object_id) DO UPDATE
                SET bytes = excluded.bytes, refs = excluded.refs, nar_key = excluded.nar_key, staged = excluded.staged
                """,
                [
                    .int(upload.rawValue), .ints(texts.map(\.object)), .byteArrays(texts.map(\.bytes)),
                    .texts(texts.map { KeyList.text($0.refs) }), .optionalTexts(texts.map(\.narKey)),
                    .bools(texts.map(\.isStaged)),
                ])
            guard stored.changed == texts.count else {
                throw PostgresError(.other, "a text belongs to an object that the upload \(upload) does not claim")
            }
            return true
        }
    }

    /// Takes over texts that other uploads hold.
    public func borrowTexts(
        for objects: [ObjectID], upload: UploadID
    ) async throws(CacheError) -> [ObjectID: [UploadID]] {
        try await transaction { connection in
            // Its claims stay as long as it is locked.
            _ = try connection.lock(upload, .keyShare)
            try connection.borrowTexts(for: objects, upload: upload)
            var others: [ObjectID: [UploadID]] = [:]
            try connection.query(
                """
                SELECT c.object_id, c.upload_id FROM unnest($2::bigint[]) AS j (id)
                JOIN niks3.claims AS c ON c.object_id = j.id AND c.upload_id <> $1 AND c.listed
                WHERE NOT EXISTS (SELECT FROM niks3.texts AS t WHERE t.upload_id = $1 AND t.object_id = c.object_id)
                ORDER BY c.upload_id DESC
                """, [.int(upload.rawValue), .ints(objects)]
            ).forEach { row in others[try row[0].int(), default: []].append(try row[1].uploadID()) }
            return others
        }
    }

    /// Looks an upload up.
    public func upload(_ id: UploadID) async throws(CacheError) -> StartedUpload? {
        try await transaction(.single) { connection in
            try connection.query("SELECT state, started_at FROM niks3.uploads WHERE id = $1", [.int(id.rawValue)])
                .first.map { row in
                    StartedUpload(id: id, state: try row[0].uploadState(), startedAt: try row[1].timestamp())
                }
        }
    }

    /// The listed objects of an upload that are not live.
    public func unfinishedObjects(
        of upload: UploadID, after: ObjectID, limit: Int
    ) async throws(CacheError) -> [UnfinishedObject] {
        try await transaction(.single) { connection in
            try connection.query(
                """
                SELECT o.id, o.key, c.nar_size,
                    EXISTS (SELECT FROM niks3.texts AS t
                            WHERE t.upload_id = c.upload_id AND t.object_id = c.object_id AND NOT t.staged)
                FROM \(PostgresStore.claimedObjects)
                WHERE c.upload_id = $1 AND c.object_id > $2 AND c.listed AND o.state <> 1
                ORDER BY c.object_id LIMIT $3
                """, [.int(upload.rawValue), .int(after), .int(Int64(limit))]
            ).map { row in
                UnfinishedObject(
                    id: try row[0].int(), key: try row[1].objectKey(), narSize: try row[2].intOrNil(),
                    hasText: try row[3].bool())
            }
        }
    }
}

extension PostgresConnection {
    /// Takes over the newest text of each object that the upload has none for.
    func borrowTexts(for objects: [ObjectID], upload: UploadID) throws {
        try query(
            """
            INSERT INTO niks3.texts (upload_id, object_id, bytes, refs, nar_key, staged)
            SELECT DISTINCT ON (t.object_id) $1, t.object_id, t.bytes, t.refs, t.nar_key, true
            FROM unnest($2::bigint[]) AS j (id)
            CROSS JOIN LATERAL (SELECT FROM niks3.claims AS c
                                WHERE c.upload_id = $1 AND c.object_id = j.id OFFSET 0) AS c
            CROSS JOIN LATERAL (SELECT * FROM niks3.texts AS t WHERE t.object_id = j.id OFFSET 0) AS t
            WHERE t.upload_id <> $1 ORDER BY t.object_id, t.upload_id DESC
            ON CONFLICT (upload_id, object_id) DO NOTHING
            """, [.int(upload.rawValue), .ints(objects)])
    }
}

public import CacheCore

extension GoDatabase {
    /// The uploads that were begun and not completed.
    public func uploads() async throws(CacheError) -> [ForeignUpload] {
        // An older schema has one root only.
        let roots = hasRoots ? "coalesce(nullif(roots::text[], '{}'), ARRAY[key::text])" : "ARRAY[key::text]"
        return try await run { connection in
            try connection.query(
                "SELECT id::bigint, \(roots), \(Self.microseconds("started_at")) FROM public.pending_closures ORDER BY id"
            ).map { row in
                ForeignUpload(
                    id: try row[0].int(), roots: try row[1].texts(), startedAt: try row[2].timestamp())
            }
        }
    }

    /// The objects that an upload lists, by ascending key.
    public func objects(
        of upload: ForeignUpload, after: String, limit: Int
    ) async throws(CacheError) -> [ForeignObject] {
        try await run { connection in
            try connection.query(
                """
                SELECT key::text, coalesce(refs::text[], '{}') FROM public.pending_objects
                WHERE pending_closure_id = $1 AND key COLLATE "C" > $2 ORDER BY key COLLATE "C" LIMIT $3
                """, [.int(upload.id), .text(after), .int(Int64(limit))]
            ).map { ForeignObject(key: try $0[0].text(), refs: try $0[1].texts()) }
        }
    }

    /// The multipart uploads that were begun for an upload.
    public func multiparts(of upload: ForeignUpload) async throws(CacheError) -> [MultipartPage.Marker] {
        guard hasMultiparts else { return [] }
        return try await run { connection in
            try connection.query(
                """
                SELECT object_key::text, upload_id::text FROM public.multipart_uploads WHERE pending_closure_id = $1
                ORDER BY 1, 2
                """, [.int(upload.id)]
            ).map { MultipartPage.Marker(key: try $0[0].text(), uploadID: try $0[1].text()) }
        }
    }

    /// The roots with the times when they were last pushed, by ascending key.
    public func closures(after: String, limit: Int) async throws(CacheError) -> [ForeignClosure] {
        try await run { connection in
            try connection.query(
                """
                SELECT key::text, \(Self.microseconds("updated_at")) FROM public.closures
                WHERE key COLLATE "C" > $1 ORDER BY key COLLATE "C" LIMIT $2
                """, [.text(after), .int(Int64(limit))]
            ).map { ForeignClosure(key: try $0[0].text(), updatedAt: try $0[1].timestamp()) }
        }
    }

    /// What some objects refer to.
    public func references(of keys: [String]) async throws(CacheError) -> [String: [String]] {
        guard !keys.isEmpty else { return [:] }
        return try await run { connection in
            var references: [String: [String]] = [:]
            try connection.query(
                "SELECT key::text, coalesce(refs::text[], '{}') FROM public.objects WHERE key = ANY ($1)",
                [.texts(keys)]
            ).forEach { references[try $0[0].text()] = try $0[1].texts() }
            return references
        }
    }

    /// All objects, by ascending key.
    public func objects(after: String, limit: Int) async throws(CacheError) -> [ForeignObject] {
        try await run { connection in
            try connection.query(
                """
                SELECT key::text, coalesce(refs::text[], '{}'), deleted_at IS NOT NULL FROM public.objects
                WHERE key COLLATE "C" > $1 ORDER BY key COLLATE "C" LIMIT $2
                """, [.text(after), .int(Int64(limit))]
            ).map { ForeignObject(key: try $0[0].text(), refs: try $0[1].texts(), isDeleted: try $0[2].bool()) }
        }
    }

    /// All pins, by name.
    public func pins() async throws(CacheError) -> [ForeignPin] {
        guard hasPins else { return [] }
        return try await run { connection in
            try connection.query(
                """
                SELECT name::text, store_path::text, narinfo_key::text, \(Self.microseconds("created_at")),
                    \(Self.microseconds("updated_at"))
                FROM public.pins ORDER BY 1
                """
            ).map { row in
                ForeignPin(
                    pin: Pin(
                        name: try row[0].text(), storePath: try row[1].text(), createdAt: try row[3].timestamp(),
                        updatedAt: try row[4].timestamp()),
                    closure: try row[2].text())
            }
        }
    }

    /// A time in microseconds since 1970. One without a zone is in UTC.
    private static func microseconds(_ column: String) -> String {
        "(extract(epoch FROM \(column)) * 1000000)::bigint"
    }
}

public import CacheCore

extension PostgresStore {
    /// Inserts an open upload.
    public func beginUpload(_ upload: NewUpload) async throws(CacheError) -> StartedUpload {
        try await transaction(.single) { connection in
            let rows = try connection.query(
                """
                INSERT INTO niks3.uploads (state, started_at, roots, external, pulled)
                VALUES (0, niks3.clock(), $1, $2, $3) RETURNING id, started_at
                """, [.texts(upload.roots), .texts(upload.external), .bool(upload.isPulled)])
            guard let row = rows.first else { throw PostgresError(.other, "an insertion returned no row") }
            return StartedUpload(id: try row[0].uploadID(), state: .open, startedAt: try row[1].timestamp())
        }
    }

    /// Sets live objects that were found lost to uploading.
    public func markLost(
        _ objects: [ObjectID], by evidence: LossEvidence, upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> Timestamp? {
        try await transaction { connection -> Timestamp? in
            guard try connection.lock(upload, .keyShare) == .open else { return nil }
            try connection.lock(objects, .noKeyUpdate)
            let now = try connection.instant()
            var lost: [ObjectID] = []
            var writable: [ObjectID] = []
            var bytes: Int64 = 0
            try connection.query(
                """
                SELECT o.id, o.key, o.size FROM \(PostgresStore.claimedObjects)
                WHERE c.upload_id = $1 AND c.object_id = ANY ($2) AND o.state = 1
                    AND ($3 OR o.busy_until <= $4 AND EXISTS (
                        SELECT FROM unnest(o.refs) AS r (id)
                        WHERE NOT EXISTS (SELECT FROM niks3.objects AS t WHERE t.id = r.id)))
                """,
                [
                    .int(upload.rawValue), .ints(objects), .bool(evidence == .absence), .int(now.microseconds),
                ]
            ).forEach { row in
                lost.append(try row[0].int())
                if try row[1].objectKey().type.isWrittenByClients { writable.append(try row[0].int()) }
                bytes += try row[2].intOrNil() ?? 0
            }
            guard !lost.isEmpty else { return now }
            try connection.query(
                "UPDATE niks3.objects SET state = 0, size = NULL, registered = false WHERE id = ANY ($1)",
                [.ints(lost)])
            try connection.appendStatistics(objects: -Int64(lost.count), bytes: -bytes)
            try connection.extendWritable(writable, until: now + writeWindow)
            return now
        }
    }

    /// Records multipart uploads that were begun for an open upload.
    public func recordMultiparts(_ multiparts: [MultipartRecord], upload: UploadID) async throws(CacheError) -> Bool {
        try await transaction { connection in
            guard try connection.lock(upload, .keyShare) == .open else { return false }
            try connection.query(
                """
                INSERT INTO niks3.multiparts (upload_id, key, store_id, object_id)
                SELECT $1, m.* FROM unnest($2::text[], $3::text[], $4::bigint[]) AS m
                """,
                [
                    .int(upload.rawValue), .texts(multiparts.map(\.key)), .texts(multiparts.map(\.storeID)),
                    .ints(multiparts.map(\.object)),
                ])
            return true
        }
    }
}

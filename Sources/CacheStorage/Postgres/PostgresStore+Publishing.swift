public import CacheCore

extension PostgresStore {
    /// Makes objects that a publishing upload has to write busy.
    public func renewBusy(
        _ objects: [ObjectID], upload: UploadID, busyPeriod: Duration
    ) async throws(CacheError) -> PublishLease? {
        try await transaction { connection in
            guard try connection.lock(upload, .keyShare) == .publishing else { return nil }
            try connection.lock(objects, .noKeyUpdate)
            let now = try connection.instant()
            try connection.query(
                """
                UPDATE niks3.objects SET busy_until = greatest(busy_until, $2) WHERE state = 0 AND id = ANY ($1)
                """, [.ints(objects), .int((now + busyPeriod).microseconds)])
            var texts: [ObjectID: [UInt8]] = [:]
            try connection.query(
                """
                SELECT t.object_id, t.bytes FROM niks3.texts AS t
                WHERE t.upload_id = $2 AND t.object_id = ANY ($1)
                    AND (SELECT o.state FROM niks3.objects AS o WHERE o.id = t.object_id) = 0
                """, [.ints(objects), .int(upload.rawValue)]
            ).forEach { row in texts[try row[0].int()] = try row[1].data() }
            return PublishLease(instant: now, texts: texts)
        }
    }

    /// Commits a publishing upload.
    public func commit(_ upload: UploadID, published: [ObjectID]) async throws(CacheError) -> Bool {
        let written = Set(published)
        return try await transaction { connection in
            switch try connection.lock(upload, .update) {
            case .completed: return true
            case .publishing: break
            case .open, .dropped, nil: return false
            }
            try connection.lock(try connection.publishItems(upload).map(\.id), .noKeyUpdate)
            let rest = try connection.query(
                """
                SELECT o.id, (SELECT octet_length(t.bytes) FROM niks3.texts AS t
                              WHERE t.upload_id = c.upload_id AND t.object_id = c.object_id)
                FROM \(PostgresStore.claimedObjects)
                WHERE c.upload_id = $1 AND c.publish AND o.state = 0
                """, [.int(upload.rawValue)])
            var arrivals: [ObjectArrival] = []
            var isComplete = true
            try rest.forEach { row in
                let id = try row[0].int()
                if let size = try row[1].intOrNil(), written.contains(id) {
                    arrivals.append(ObjectArrival(id: id, size: size))
                } else {
                    isComplete = false
                }
            }
            guard isComplete else { return false }
            try connection.makeLive(arrivals)
            try connection.finish(upload)
            return true
        }
    }

    /// The uploads that are publishing.
    public func publishingUploads(after: UploadID, limit: Int) async throws(CacheError) -> [UploadID] {
        try await transaction(.single) { connection in
            try connection.query(
                "SELECT id FROM niks3.uploads WHERE state = 1 AND id > $1 ORDER BY id LIMIT $2",
                [.int(after.rawValue), .int(Int64(limit))]
            ).map { try $0[0].uploadID() }
        }
    }
}

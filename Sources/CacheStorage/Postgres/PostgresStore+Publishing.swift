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
            var texts: [ObjectID: [UInt8]] = [:]
            var periods: [ObjectID: BusyPeriod] = [:]
            try connection.query(
                """
                SELECT t.object_id, t.bytes, o.busy_until
                FROM niks3.texts AS t JOIN niks3.objects AS o ON o.id = t.object_id AND o.state = 0
                WHERE t.upload_id = $2 AND t.object_id = ANY ($1)
                """, [.ints(objects), .int(upload.rawValue)]
            ).forEach { row in
                let id = try row[0].int()
                texts[id] = try row[1].data()
                periods[id] = BusyPeriod(
                    from: now, length: busyPeriod, busyUntil: Timestamp(microseconds: try row[2].int()))
            }
            let busy = Array(periods)
            try connection.query(
                """
                UPDATE niks3.objects AS o SET busy_until = p.busy_until
                FROM unnest($1::bigint[], $2::bigint[]) AS p (id, busy_until) WHERE o.id = p.id
                """, [.ints(busy.map(\.key)), .ints(busy.map(\.value.end.microseconds))])
            return PublishLease(instant: now, texts: texts, periods: periods)
        }
    }

    /// Commits a publishing upload.
    public func commit(_ upload: UploadID, published: [ObjectID: BusyPeriod]) async throws(CacheError) -> Bool {
        try await transaction { connection in
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
                if let size = try row[1].intOrNil(), published[id] != nil {
                    arrivals.append(ObjectArrival(id: id, size: size))
                } else {
                    isComplete = false
                }
            }
            guard isComplete else { return false }
            try connection.makeLive(arrivals)
            let now = try connection.instant()
            let ended = arrivals.compactMap { arrival in published[arrival.id].map { (arrival.id, $0) } }
            try connection.query(
                """
                UPDATE niks3.objects AS o SET busy_until = greatest(p.before, $4)
                FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS p (id, ends, before)
                WHERE o.id = p.id AND o.busy_until = p.ends
                """,
                [
                    .ints(ended.map(\.0)), .ints(ended.map(\.1.end.microseconds)),
                    .ints(ended.map(\.1.endBefore.microseconds)), .int(now.microseconds),
                ])
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

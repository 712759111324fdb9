public import CacheCore

extension PostgresStore: ResignStore {
    /// Makes live objects that an upload claims busy, so that their texts can be written anew.
    public func beginRewriting(
        _ objects: [ObjectID], upload: UploadID, busyPeriod: Duration
    ) async throws(CacheError) -> RewriteLease? {
        try await transaction { connection in
            switch try connection.lock(upload, .update) {
            case .open:
                try connection.query("UPDATE niks3.uploads SET state = 1 WHERE id = $1", [.int(upload.rawValue)])
            case .publishing: break
            case .completed, .dropped, nil: return nil
            }
            try connection.lock(objects, .noKeyUpdate)
            let now = try connection.instant()
            let live = try connection.query(
                """
                SELECT o.id FROM \(PostgresStore.claimedObjects)
                WHERE c.upload_id = $1 AND c.object_id = ANY ($2) AND o.state = 1
                """, [.int(upload.rawValue), .ints(objects)]
            ).map { try $0[0].int() }
            try connection.query(
                // No two requests have the same end.
                "UPDATE niks3.objects SET busy_until = greatest(busy_until + 1, $2) WHERE id = ANY ($1)",
                [.ints(live), .int((now + busyPeriod).microseconds)])
            return RewriteLease(instant: now, objects: Set(live))
        }
    }
}

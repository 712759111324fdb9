public import CacheCore
import GRDB

extension SQLiteStore: ResignStore {
    /// Makes live objects that an upload claims busy, so that their texts can be written anew.
    public func beginRewriting(
        _ objects: [ObjectID], upload: UploadID, busyPeriod: Duration
    ) async throws(CacheError) -> RewriteLease? {
        try await write { database in
            switch try SQLiteStore.state(of: upload, database) {
            case .open: try database.run("UPDATE uploads SET state = 1 WHERE id = ?", [upload.rawValue])
            case .publishing: break
            case .completed, .dropped, nil: return nil
            }
            let now = try database.instant()
            let live = try Int64.fetchAll(
                database,
                cachedSQL: """
                    SELECT o.id FROM json_each(?) AS j CROSS JOIN objects AS o ON o.id = j.value
                    JOIN claims AS c ON c.upload_id = ? AND c.object_id = o.id WHERE o.state = 1
                    """, [JSONList.numbers(objects), upload.rawValue])
            try database.run(
                """
                -- No two requests have the same end.
                UPDATE objects SET busy_until = max(busy_until + 1, ?) WHERE id IN (SELECT value FROM json_each(?))
                """, [(now + busyPeriod).microseconds, JSONList.numbers(live)])
            return RewriteLease(instant: now, objects: Set(live))
        }
    }
}

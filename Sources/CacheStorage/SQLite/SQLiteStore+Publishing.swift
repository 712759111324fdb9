public import CacheCore
import GRDB

extension SQLiteStore {
    /// What a publishing upload has still to write.
    static func publishItems(_ upload: UploadID, _ database: Database) throws -> [PublishItem] {
        var items: [PublishItem] = []
        let sql = """
            SELECT o.id, o.key, o.refs FROM claims AS c JOIN objects AS o ON o.id = c.object_id
            WHERE c.upload_id = ? AND c.publish = 1 AND o.state = 0
            """
        try Row.forEach(database, sql, [upload.rawValue]) { row in
            items.append(
                PublishItem(id: row[0], key: try ObjectKey(column: row[1]), refs: JSONList.numbers(in: row[2])))
        }
        return items
    }

    /// Makes objects that a publishing upload has to write busy.
    public func renewBusy(
        _ objects: [ObjectID], upload: UploadID, busyPeriod: Duration
    ) async throws(CacheError) -> PublishLease? {
        try await write { database in
            guard try SQLiteStore.state(of: upload, database) == .publishing else { return nil }
            let now = try database.instant()
            let ids = JSONList.numbers(objects)
            var texts: [ObjectID: [UInt8]] = [:]
            var periods: [ObjectID: BusyPeriod] = [:]
            let sql = """
                SELECT t.object_id, t.bytes, o.busy_until FROM json_each(?) AS j
                CROSS JOIN objects AS o ON o.id = j.value AND o.state = 0
                JOIN texts AS t ON t.upload_id = ? AND t.object_id = o.id
                """
            try Row.forEach(database, sql, [ids, upload.rawValue]) { row in
                let blob: Blob = row[1]
                texts[row[0]] = blob.bytes
                periods[row[0]] = BusyPeriod(
                    from: now, length: busyPeriod, busyUntil: Timestamp(microseconds: row[2]))
            }
            let statement = try database.cachedStatement(sql: "UPDATE objects SET busy_until = ? WHERE id = ?")
            for (id, period) in periods { try statement.execute(arguments: [period.end.microseconds, id]) }
            return PublishLease(instant: now, texts: texts, periods: periods)
        }
    }

    /// Commits a publishing upload.
    public func commit(_ upload: UploadID, published: [ObjectID: BusyPeriod]) async throws(CacheError) -> Bool {
        try await write { database in
            switch try SQLiteStore.state(of: upload, database) {
            case .completed: return true
            case .publishing: break
            case .open, .dropped, nil: return false
            }
            var arrivals: [ObjectArrival] = []
            var isComplete = true
            let sql = """
                SELECT o.id, length(t.bytes) FROM claims AS c JOIN objects AS o ON o.id = c.object_id AND o.state = 0
                LEFT JOIN texts AS t ON t.upload_id = c.upload_id AND t.object_id = c.object_id
                WHERE c.upload_id = ? AND c.publish = 1
                """
            try Row.forEach(database, sql, [upload.rawValue]) { row in
                let (id, size): (ObjectID, Int64?) = (row[0], row[1])
                if let size, published[id] != nil {
                    arrivals.append(ObjectArrival(id: id, size: size))
                } else {
                    isComplete = false
                }
            }
            guard isComplete else { return false }
            try SQLiteStore.makeLive(arrivals, database)
            let now = try database.instant()
            let statement = try database.cachedStatement(
                sql: "UPDATE objects SET busy_until = ? WHERE id = ? AND busy_until = ?")
            for arrival in arrivals {
                guard let period = published[arrival.id] else { continue }
                try statement.execute(
                    arguments: [
                        max(now, period.endBefore).microseconds, arrival.id, period.end.microseconds,
                    ])
            }
            try SQLiteStore.finish(upload, database)
            return true
        }
    }

    /// The uploads that are publishing.
    public func publishingUploads(after: UploadID, limit: Int) async throws(CacheError) -> [UploadID] {
        try await read { database in
            try Int64.fetchAll(
                database, cachedSQL: "SELECT id FROM uploads WHERE state = 1 AND id > ? ORDER BY id LIMIT ?",
                [after.rawValue, limit]
            ).map(UploadID.init(rawValue:))
        }
    }
}

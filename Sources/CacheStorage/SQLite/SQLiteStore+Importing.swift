public import CacheCore
import GRDB

extension SQLiteStore: ImportStore {
    /// Which of some keys are roots already.
    public func existingClosures(_ keys: [String]) async throws(CacheError) -> Set<String> {
        try await read { database in
            Set(
                try String.fetchAll(
                    database,
                    cachedSQL: """
                        SELECT c.key FROM json_each(?) AS k CROSS JOIN closures AS c ON c.key = k.value
                        WHERE c.pulled = 0
                        """,
                    [JSONList.strings(keys)]))
        }
    }

    /// Sets the times of closures that an import has just made.
    public func setClosureTimes(
        _ times: [String: Timestamp], madeFrom start: Timestamp, to end: Timestamp
    ) async throws(CacheError) {
        try await write { database in
            let statement = try database.cachedStatement(
                sql: "UPDATE closures SET updated_at = ? WHERE key = ? AND updated_at BETWEEN ? AND ?")
            for (key, time) in times {
                try statement.execute(arguments: [time.microseconds, key, start.microseconds, end.microseconds])
            }
        }
    }

    /// Gives a closure a name that was given elsewhere, with its times.
    public func importPin(_ pin: Pin, closure: String) async throws(CacheError) -> Bool {
        try await write { database in
            try database.run(
                """
                INSERT INTO pins (name, closure_id, store_path, created_at, updated_at)
                SELECT ?, id, ?, ?, ? FROM closures WHERE key = ? ON CONFLICT (name) DO NOTHING
                """, [pin.name, pin.storePath, pin.createdAt.microseconds, pin.updatedAt.microseconds, closure])
            return database.changesCount == 1
        }
    }

    /// Inserts an open upload that was begun elsewhere.
    public func importUpload(_ upload: NewUpload, startedAt: Timestamp) async throws(CacheError) -> UploadID? {
        try await write { database in
            let (roots, external) = (JSONList.strings(upload.roots), JSONList.strings(upload.external))
            try database.run(
                """
                INSERT INTO uploads (state, started_at, roots, external) SELECT 0, ?1, ?2, ?3
                WHERE NOT EXISTS (SELECT 1 FROM uploads AS u WHERE u.started_at = ?1 AND u.roots = ?2)
                """, [startedAt.microseconds, roots, external])
            return database.changesCount == 1 ? UploadID(rawValue: database.lastInsertedRowID) : nil
        }
    }
}

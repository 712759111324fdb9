public import CacheCore
import GRDB

extension SQLiteStore {
    /// Takes objects to delete: they are deleting from now on.
    public func beginSweep(_ request: SweepRequest, run: CollectionRun) async throws(CacheError) -> SweepBatch? {
        guard (1...1000).contains(request.limit) else {
            throw CacheError(.internal, "A batch of \(request.limit) objects cannot be deleted; take 1 to 1,000.")
        }
        return try await write { database in
            guard try SQLiteStore.isCurrent(run, database) else { return nil }
            let now = try database.instant()
            let busyUntil = now + request.busyPeriod
            var entries: [SweepBatch.Entry] = []
            // The state is written out, as the index on it is a partial one.
            let sql = """
                SELECT o.id, o.key FROM objects AS o
                WHERE o.state = \(request.pass.state.rawValue) AND o.state <> 1 AND o.id > ?1
                    AND (o.key GLOB '*.narinfo') = ?2 AND o.busy_until <= ?3
                    AND (?4 OR CASE o.state WHEN 2 THEN o.condemned_at <= ?5 ELSE o.writable_until <= ?3 END)
                    AND NOT EXISTS (SELECT 1 FROM claims AS c WHERE c.object_id = o.id)
                ORDER BY o.id LIMIT ?6
                """
            let arguments: StatementArguments = [
                request.after, request.pass.takesNarInfos, now.microseconds, request.force,
                (now - request.grace).microseconds, request.limit,
            ]
            try Row.forEach(database, sql, arguments) { row in
                entries.append(SweepBatch.Entry(id: row[0], key: row[1]))
            }
            let ids = JSONList.numbers(entries.lazy.map(\.id))
            if request.pass.state.isPresent { try SQLiteStore.appendStatistics(ids, sign: -1, database) }
            try database.run(
                """
                UPDATE objects SET gone = CASE state WHEN 3 THEN gone ELSE 0 END, state = 3, condemned_at = NULL,
                    busy_until = ?
                WHERE id IN (SELECT value FROM json_each(?))
                """, [busyUntil.microseconds, ids])
            let next = entries.count < request.limit ? nil : entries.last?.id
            return SweepBatch(instant: now, busyUntil: busyUntil, entries: entries, next: next)
        }
    }

    /// Takes note that bytes are gone.
    public func endSweep(
        _ batch: SweepBatch, gone: [ObjectID], run: CollectionRun
    ) async throws(CacheError) -> Int? {
        try await write { database in
            guard try SQLiteStore.isCurrent(run, database) else { return nil }
            let arguments: StatementArguments = [JSONList.numbers(gone), batch.busyUntil.microseconds]
            let count = try Int.fetchOne(
                database,
                cachedSQL: """
                    SELECT count(*) FROM json_each(?) AS j CROSS JOIN objects AS o ON o.id = j.value
                    WHERE o.state = 3 AND o.busy_until = ? AND o.gone = 0
                    """, arguments)
            try database.run(
                """
                DELETE FROM objects WHERE id IN (SELECT value FROM json_each(?1)) AND state = 3 AND busy_until = ?2
                    AND writable_until <= ?3
                """, arguments + [batch.instant.microseconds])
            try database.run(
                """
                UPDATE objects SET gone = 1, busy_until = ?3
                WHERE id IN (SELECT value FROM json_each(?1)) AND state = 3 AND busy_until = ?2
                """, arguments + [try database.instant().microseconds])
            return count
        }
    }
}

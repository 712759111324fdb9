public import CacheCore

extension PostgresStore {
    /// Takes objects to delete: they are deleting from now on.
    public func beginSweep(_ request: SweepRequest, run: CollectionRun) async throws(CacheError) -> SweepBatch? {
        guard (1...1000).contains(request.limit) else {
            throw CacheError(.internal, "A batch of \(request.limit) objects cannot be deleted; take 1 to 1,000.")
        }
        return try await transaction { connection in
            guard try connection.lockRun(run) != nil else { return nil }
            let locked = try connection.lockSweepable(request, now: try connection.instant())
            // In a statement of its own, which sees the claims that were committed before the locks.
            let entries = try connection.query(
                """
                SELECT o.id, o.key FROM niks3.objects AS o WHERE o.id = ANY ($1)
                    AND NOT EXISTS (SELECT FROM niks3.claims AS c WHERE c.object_id = o.id)
                ORDER BY o.id
                """, [.ints(locked)]
            ).map { SweepBatch.Entry(id: try $0[0].int(), key: try $0[1].text()) }
            let now = try connection.instant()
            let busyUntil = now + request.busyPeriod
            let ids = PostgresValue.ints(entries.map(\.id))
            if request.pass.state.isPresent {
                try connection.query(
                    """
                    INSERT INTO niks3.statistics (objects, bytes)
                    SELECT -count(*), -coalesce(sum(size), 0) FROM niks3.objects WHERE id = ANY ($1) HAVING count(*) > 0
                    """, [ids])
            }
            try connection.query(
                """
                UPDATE niks3.objects SET gone = gone AND state = 3, state = 3, condemned_at = NULL, busy_until = $2
                WHERE id = ANY ($1)
                """, [ids, .int(busyUntil.microseconds)])
            let next = locked.count < request.limit ? nil : locked.max()
            return SweepBatch(instant: now, busyUntil: busyUntil, entries: entries, next: next)
        }
    }

    /// Takes note that bytes are gone.
    public func endSweep(
        _ batch: SweepBatch, gone: [ObjectID], run: CollectionRun
    ) async throws(CacheError) -> Int? {
        try await transaction { connection in
            guard try connection.lockRun(run) != nil else { return nil }
            // Waits for pushes that look at them, which is short: nobody can claim them while they are busy.
            try connection.lock(gone, .update)
            let lease: [PostgresValue] = [.ints(gone), .int(batch.busyUntil.microseconds)]
            let counted = try connection.query(
                """
                SELECT count(*) FROM niks3.objects WHERE id = ANY ($1) AND state = 3 AND busy_until = $2 AND NOT gone
                """, lease)
            try connection.query(
                """
                DELETE FROM niks3.objects AS o WHERE o.id = ANY ($1) AND o.state = 3 AND o.busy_until = $2
                    AND o.writable_until <= $3
                    AND NOT EXISTS (SELECT FROM niks3.claims AS c WHERE c.object_id = o.id)
                """, lease + [.int(batch.instant.microseconds)])
            try connection.query(
                """
                UPDATE niks3.objects SET gone = true, busy_until = $3
                WHERE id = ANY ($1) AND state = 3 AND busy_until = $2
                """, lease + [.int(try connection.instant().microseconds)])
            return try counted.first.map { Int(try $0[0].int()) } ?? 0
        }
    }
}

extension PostgresConnection {
    /// Locks what may be deleted next, as far as nobody has hold of it.
    fileprivate func lockSweepable(_ request: SweepRequest, now: Timestamp) throws -> [ObjectID] {
        // The state is written out, as the index on it is a partial one.
        let isDue = request.pass.state == .condemned ? "o.condemned_at <= $5" : "o.writable_until <= $3"
        return try query(
            """
            SELECT o.id FROM niks3.objects AS o
            WHERE o.state = \(request.pass.state.rawValue) AND o.state <> 1 AND o.id > $1
                AND (o.key LIKE '%.narinfo') = $2 AND o.busy_until <= $3 AND ($4 OR \(isDue))
                AND $5::bigint IS NOT NULL
                AND NOT EXISTS (SELECT FROM niks3.claims AS c WHERE c.object_id = o.id)
            ORDER BY o.id LIMIT $6 FOR UPDATE OF o SKIP LOCKED
            """,
            [
                .int(request.after), .bool(request.pass.takesNarInfos), .int(now.microseconds), .bool(request.force),
                .int((now - request.grace).microseconds), .int(Int64(request.limit)),
            ]
        ).map { try $0[0].int() }
    }
}

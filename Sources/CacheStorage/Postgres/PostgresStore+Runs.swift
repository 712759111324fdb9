public import CacheCore

extension PostgresStore: CollectionStore {
    /// Begins a run, unless another one is alive.
    public func beginCollection(
        _ parameters: GCParameters, heartbeatLimit: Duration
    ) async throws(CacheError) -> CollectionBegin {
        let parameterText = String(decoding: try parameters.encoded(), as: UTF8.self)
        let countText = String(decoding: try GCStatistics().encoded(), as: UTF8.self)
        return try await transaction { connection in
            try connection.query("SELECT FROM niks3.run FOR UPDATE")
            let now = try connection.instant()
            let begun = try connection.query(
                """
                UPDATE niks3.run SET id = id + 1, phase = NULL, parameters = $1::jsonb, counts = $2::jsonb, started_at = $3,
                    heartbeat = $3, finished_at = NULL, error = NULL, collecting = true
                WHERE finished_at IS NOT NULL OR heartbeat <= $4
                """,
                [
                    .text(parameterText), .text(countText), .int(now.microseconds),
                    .int((now - heartbeatLimit).microseconds),
                ])
            guard let (run, record) = try connection.runRecord() else {
                throw CacheError(.internal, "The database lacks the row of the collection; restore it from a backup.")
            }
            let status = record.status(at: now, heartbeatLimit: heartbeatLimit)
            return begun.changed > 0 ? .begun(run, status) : .running(status)
        }
    }

    /// Gives a sign of life and says how far the run is.
    public func reportCollection(
        _ run: CollectionRun, phase: CollectionPhase?, statistics: GCStatistics
    ) async throws(CacheError) -> Bool {
        let counts = String(decoding: try statistics.encoded(), as: UTF8.self)
        return try await transaction { connection in
            guard try connection.lockRun(run, "FOR UPDATE") != nil else { return false }
            try connection.query(
                "UPDATE niks3.run SET phase = $1, counts = $2::jsonb, heartbeat = $3",
                [.text(phase?.rawValue), .text(counts), .int(try connection.instant().microseconds)])
            return true
        }
    }

    /// Ends the run.
    public func endCollection(
        _ run: CollectionRun, _ end: CollectionEnd, statistics: GCStatistics
    ) async throws(CacheError) -> Bool {
        let counts = String(decoding: try statistics.encoded(), as: UTF8.self)
        let error: String? = if case .failed(let reason) = end { reason } else { nil }
        return try await transaction { connection in
            guard try connection.lockRun(run, "FOR UPDATE") != nil else { return false }
            let now = try connection.instant()
            try connection.query(
                """
                UPDATE niks3.run SET phase = CASE WHEN $1 IS NULL THEN NULL ELSE phase END, error = $1, counts = $2::jsonb,
                    heartbeat = $3, finished_at = $3, collecting = false
                """, [.text(error), .text(counts), .int(now.microseconds)])
            if let status = try connection.runRecord()?.record.status(at: now, heartbeatLimit: .zero) {
                try connection.keep(String(decoding: try status.encoded(), as: UTF8.self), kind: "collection")
            }
            return true
        }
    }

    /// The run that is under way, or the last one.
    public func collectionStatus(heartbeatLimit: Duration) async throws(CacheError) -> GCStatusResponse? {
        try await transaction { connection in
            let record = try connection.runRecord()?.record
            return record?.status(at: try connection.instant(), heartbeatLimit: heartbeatLimit)
        }
    }

    /// Ends collecting.
    public func endCollecting(_ run: CollectionRun) async throws(CacheError) -> Bool {
        try await transaction { connection in
            guard try connection.lockRun(run, "FOR UPDATE") != nil else { return false }
            try connection.query("UPDATE niks3.run SET collecting = false")
            return true
        }
    }

    /// Tidies the database up. Tables that somebody holds are left out.
    public func vacuum() async throws(CacheError) {
        try await transaction(.single) { connection in
            try connection.execute(
                script: """
                    VACUUM (ANALYZE, SKIP_LOCKED) niks3.objects, niks3.claims, niks3.texts, niks3.closures, niks3.extras,
                        niks3.uploads, niks3.statistics
                    """)
        }
    }
}

extension PostgresConnection {
    /// Looks whether a run is the current one, and keeps it so until the transaction ends.
    /// - Returns: whether it is collecting; nil when it was taken over or has ended.
    func lockRun(_ run: CollectionRun, _ lock: String = "FOR SHARE") throws -> Bool? {
        try query(
            "SELECT collecting FROM niks3.run WHERE id = $1 AND finished_at IS NULL \(lock)", [.int(run.rawValue)]
        ).first.map { row in try row[0].bool() }
    }

    /// The run's row; nil when there never was a run.
    fileprivate func runRecord() throws -> (run: CollectionRun, record: CollectionRecord)? {
        let rows = try query(
            """
            SELECT id, phase, parameters::text, counts::text, started_at, heartbeat, finished_at, error FROM niks3.run
            WHERE started_at IS NOT NULL
            """)
        guard let row = rows.first else { return nil }
        let record = CollectionRecord(
            phase: try row[1].textOrNil().flatMap(CollectionPhase.init(rawValue:)),
            parameters: try .decode(Array(row[2].text().utf8)), statistics: try .decode(Array(row[3].text().utf8)),
            startedAt: try row[4].timestamp(), heartbeat: try row[5].timestamp(),
            finishedAt: try row[6].intOrNil().map(Timestamp.init(microseconds:)), error: try row[7].textOrNil())
        return (CollectionRun(rawValue: try row[0].int()), record)
    }
}

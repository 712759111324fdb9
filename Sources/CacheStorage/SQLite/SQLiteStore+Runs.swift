public import CacheCore
import GRDB

extension SQLiteStore: CollectionStore {
    /// Begins a run, unless another one is alive.
    public func beginCollection(
        _ parameters: GCParameters, heartbeatLimit: Duration
    ) async throws(CacheError) -> CollectionBegin {
        let parameterText = String(decoding: try parameters.encoded(), as: UTF8.self)
        let countText = String(decoding: try GCStatistics().encoded(), as: UTF8.self)
        return try await write { database in
            let now = try database.instant()
            try database.run(
                """
                UPDATE run SET id = id + 1, phase = NULL, parameters = ?1, counts = ?2, started_at = ?3, heartbeat = ?3,
                    finished_at = NULL, error = NULL, collecting = 1
                WHERE finished_at IS NOT NULL OR heartbeat <= ?4
                """, [parameterText, countText, now.microseconds, (now - heartbeatLimit).microseconds])
            let hasBegun = database.changesCount > 0
            guard let (run, status) = try SQLiteStore.runStatus(database, now, heartbeatLimit) else {
                throw CacheError(.internal, "The database lacks the row of the collection; restore it from a backup.")
            }
            return hasBegun ? .begun(run, status) : .running(status)
        }
    }

    /// Gives a sign of life and says how far the run is.
    public func reportCollection(
        _ run: CollectionRun, phase: CollectionPhase?, statistics: GCStatistics
    ) async throws(CacheError) -> Bool {
        let counts = String(decoding: try statistics.encoded(), as: UTF8.self)
        return try await write { database in
            try database.run(
                "UPDATE run SET phase = ?, counts = ?, heartbeat = ? WHERE id = ? AND finished_at IS NULL",
                [phase?.rawValue, counts, try database.instant().microseconds, run.rawValue])
            return database.changesCount > 0
        }
    }

    /// Ends the run.
    public func endCollection(
        _ run: CollectionRun, _ end: CollectionEnd, statistics: GCStatistics
    ) async throws(CacheError) -> Bool {
        let counts = String(decoding: try statistics.encoded(), as: UTF8.self)
        let error: String? = if case .failed(let reason) = end { reason } else { nil }
        return try await write { database in
            let now = try database.instant()
            try database.run(
                """
                UPDATE run SET phase = CASE WHEN ?1 IS NULL THEN NULL ELSE phase END, error = ?1, counts = ?2,
                    heartbeat = ?3, finished_at = ?3, collecting = 0
                WHERE id = ?4 AND finished_at IS NULL
                """, [error, counts, now.microseconds, run.rawValue])
            guard database.changesCount > 0 else { return false }
            if let status = try SQLiteStore.runStatus(database, now, .zero)?.status {
                try SQLiteStore.keep(
                    String(decoding: try status.encoded(), as: UTF8.self), kind: "collection", database)
            }
            return true
        }
    }

    /// The run that is under way, or the last one.
    public func collectionStatus(heartbeatLimit: Duration) async throws(CacheError) -> GCStatusResponse? {
        try await read { database in
            try SQLiteStore.runStatus(database, try database.instant(), heartbeatLimit)?.status
        }
    }

    private static func runStatus(
        _ database: Database, _ now: Timestamp, _ heartbeatLimit: Duration
    ) throws -> (run: CollectionRun, status: GCStatusResponse)? {
        let sql = "SELECT id, phase, parameters, counts, started_at, heartbeat, finished_at, error FROM run"
        guard let row = try Row.fetchOne(database.cachedStatement(sql: sql)) else { return nil }
        let (id, phase, started): (Int64, String?, Int64?) = (row[0], row[1], row[4])
        guard let started else { return nil }
        let (parameters, counts): (String, String) = (row[2], row[3])
        let (heartbeat, finished, error): (Int64, Int64?, String?) = (row[5], row[6], row[7])
        let record = CollectionRecord(
            phase: phase.flatMap(CollectionPhase.init(rawValue:)), parameters: try .decode(Array(parameters.utf8)),
            statistics: try .decode(Array(counts.utf8)), startedAt: Timestamp(microseconds: started),
            heartbeat: Timestamp(microseconds: heartbeat),
            finishedAt: finished.map(Timestamp.init(microseconds:)), error: error)
        return (CollectionRun(rawValue: id), record.status(at: now, heartbeatLimit: heartbeatLimit))
    }

    /// Whether a run is the current one and not ended.
    static func isCurrent(_ run: CollectionRun, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, cachedSQL: "SELECT id = ? AND finished_at IS NULL FROM run", [run.rawValue]) == true
    }

    /// Ends collecting.
    public func endCollecting(_ run: CollectionRun) async throws(CacheError) -> Bool {
        try await write { database in
            guard try SQLiteStore.isCurrent(run, database) else { return false }
            try database.run("UPDATE run SET collecting = 0")
            return true
        }
    }

    /// Has SQLite look how its tables are filled. Small ones it may read as it likes, and after such a look it prepares
    /// every statement anew.
    public func vacuum() async throws(CacheError) {
        try await write { database in
            let last = try Int64.fetchOne(database, cachedSQL: "SELECT max(id) FROM objects") ?? 0
            guard last > SQLiteStore.smallTable else { return }
            try database.execute(sql: "PRAGMA optimize")
        }
    }

    /// Up to how many objects any plan of a query will do.
    private static let smallTable: Int64 = 1000
}

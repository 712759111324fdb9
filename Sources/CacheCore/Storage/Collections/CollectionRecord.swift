/// What a store keeps about a run.
public struct CollectionRecord: Hashable, Sendable {
    /// What it does.
    public var phase: CollectionPhase?
    /// What it was asked for.
    public var parameters: GCParameters
    /// What it has done.
    public var statistics: GCStatistics
    /// When it began.
    public var startedAt: Timestamp
    /// Its last sign of life.
    public var heartbeat: Timestamp
    /// When it ended.
    public var finishedAt: Timestamp?
    /// Why it failed.
    public var error: String?

    /// Makes a record.
    public init(
        phase: CollectionPhase?, parameters: GCParameters, statistics: GCStatistics, startedAt: Timestamp,
        heartbeat: Timestamp, finishedAt: Timestamp?, error: String?
    ) {
        self.phase = phase
        self.parameters = parameters
        self.statistics = statistics
        self.startedAt = startedAt
        self.heartbeat = heartbeat
        self.finishedAt = finishedAt
        self.error = error
    }

    /// What is told about it.
    /// - Parameters:
    ///   - now: the store's clock.
    ///   - heartbeatLimit: a run that gave no sign of life for this long has failed.
    public func status(at now: Timestamp, heartbeatLimit: Duration) -> GCStatusResponse {
        var status = GCStatusResponse(
            state: .running, phase: phase, params: parameters, stats: statistics, startedAt: startedAt,
            updatedAt: heartbeat, finishedAt: finishedAt)
        if finishedAt != nil {
            status.state = error == nil ? .succeeded : .failed
            status.error = error
        } else if heartbeat <= now - heartbeatLimit {
            status.state = .failed
            status.error = "The server that ran the collection is gone; start it again."
            status.finishedAt = heartbeat
        }
        return status
    }
}

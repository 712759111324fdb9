/// The collection that runs, or the last one: the answer to `GET /api/gc/status`.
public struct GCStatusResponse: APIMessage, Hashable {
    /// How far a collection is.
    public enum State: String, Codable, Hashable, Sendable {
        /// It works.
        case running
        /// It did all that it was asked for.
        case succeeded
        /// It stopped before.
        case failed
    }

    /// How far it is.
    public var state: State
    /// What it does, or was doing when it failed; nil before the first phase and after success.
    public var phase: CollectionPhase?
    /// What it was asked for.
    public var params: GCParameters
    /// What it has done.
    public var stats: GCStatistics
    /// Why it failed.
    public var error: String?
    /// When it began.
    public var startedAt: Timestamp
    /// When it last said how far it is.
    public var updatedAt: Timestamp
    /// When it ended.
    public var finishedAt: Timestamp?

    /// Makes a status.
    public init(
        state: State, phase: CollectionPhase? = nil, params: GCParameters, stats: GCStatistics, error: String? = nil,
        startedAt: Timestamp, updatedAt: Timestamp, finishedAt: Timestamp? = nil
    ) {
        self.state = state
        self.phase = phase
        self.params = params
        self.stats = stats
        self.error = error
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.finishedAt = finishedAt
    }

    private enum CodingKeys: String, CodingKey {
        case state, phase, params, stats, error
        case startedAt = "started_at"
        case updatedAt = "updated_at"
        case finishedAt = "finished_at"
    }
}

/// What a ``CollectionService`` goes by.
public struct CollectionSettings: Hashable, Sendable {
    /// The lengths of time that uploads and collections rely on.
    public var times: LifecycleTimes
    /// How many objects are condemned in one transaction, 1 to 1,000.
    public var condemnBatch: Int
    /// How many objects are deleted by one request, 1 to 1,000; small enough for all of them to be done within the
    /// life of a request of the server's own.
    public var sweepBatch: Int
    /// After how many requests in a row that failed as a whole a collection gives up.
    public var failureLimit: Int
    /// How often a run gives a sign of life, and says how far it is.
    public var heartbeatInterval: Duration

    /// Makes settings.
    /// - Parameters:
    ///   - times: the times of the lifecycle.
    ///   - condemnBatch: how many objects one transaction condemns.
    ///   - sweepBatch: how many objects one transaction takes to delete.
    ///   - failureLimit: after how many requests in a row that failed as a whole a collection gives up.
    ///   - heartbeatInterval: nil for 2 s, or less where the times ask for it.
    public init(
        times: LifecycleTimes = .standard, condemnBatch: Int = 1000, sweepBatch: Int = 1000, failureLimit: Int = 3,
        heartbeatInterval: Duration? = nil
    ) {
        self.times = times
        self.condemnBatch = condemnBatch
        self.sweepBatch = sweepBatch
        self.failureLimit = failureLimit
        self.heartbeatInterval = heartbeatInterval ?? min(.seconds(2), times.heartbeatLimit / 4)
    }
}

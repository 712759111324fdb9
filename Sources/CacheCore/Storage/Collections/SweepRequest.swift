/// Which objects are to be deleted next.
public struct SweepRequest: Hashable, Sendable {
    /// Of which kind they are.
    public var pass: SweepPass
    /// Only objects with a higher number.
    public var after: ObjectID
    /// At most so many.
    public var limit: Int
    /// For how long what is condemned is spared.
    public var grace: Duration
    /// Whether neither the grace nor a client that may still be writing holds it up.
    public var force: Bool
    /// For how long the objects are busy from now on.
    public var busyPeriod: Duration

    /// Makes a request.
    public init(
        pass: SweepPass, after: ObjectID, limit: Int, grace: Duration, force: Bool, busyPeriod: Duration
    ) {
        self.pass = pass
        self.after = after
        self.limit = limit
        self.grace = grace
        self.force = force
        self.busyPeriod = busyPeriod
    }
}

/// What a plan leaves out of the roots, by age at the instant of its snapshot.
public struct PlanLimits: Hashable, Sendable {
    /// Closures this old or older are left out, unless they are pinned; nil: none.
    public var closureAge: Duration?
    /// Open uploads this old or older are left out; nil: none.
    public var uploadAge: Duration?
    /// For how long what is condemned is spared.
    public var grace: Duration
    /// Whether neither the grace nor a client that may still be writing holds a collection up.
    public var force: Bool

    /// Makes limits.
    public init(closureAge: Duration? = nil, uploadAge: Duration? = nil, grace: Duration, force: Bool) {
        self.closureAge = closureAge
        self.uploadAge = uploadAge
        self.grace = grace
        self.force = force
    }

    /// The retention at an instant.
    public func retention(at now: Timestamp) -> GCRetention {
        GCRetention(
            closureCutoff: closureAge.map { now - $0 }, uploadCutoff: uploadAge.map { now - $0 }, grace: grace,
            force: force)
    }
}

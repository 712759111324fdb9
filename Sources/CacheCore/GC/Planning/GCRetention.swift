/// What a collection keeps, and for how long.
public struct GCRetention: Hashable, Sendable {
    /// Closures last pushed before this instant are no roots, unless they are pinned; nil when all are.
    public var closuresSince: Timestamp?
    /// Open uploads begun before this instant do not keep what they claim; nil when all do.
    public var uploadsSince: Timestamp?
    /// For how long what is condemned is spared.
    public var grace: Duration
    /// Whether neither the grace nor a client that may still be writing holds a collection up.
    public var force: Bool

    /// Makes a rule.
    public init(
        closuresSince: Timestamp? = nil, uploadsSince: Timestamp? = nil, grace: Duration, force: Bool = false
    ) {
        self.closuresSince = closuresSince
        self.uploadsSince = uploadsSince
        self.grace = grace
        self.force = force
    }

    /// Whether a collection may begin to delete an unreachable object, had it done its earlier steps at `now`.
    func allowsSweep(_ object: GCObject, now: Timestamp) -> Bool {
        guard object.busyUntil <= now else { return false }
        switch object.state {
        case .live: return force || grace <= .zero
        case .condemned: return force || (object.condemnedAt ?? now) + grace <= now
        case .uploading, .deleting: return force || object.writableUntil <= now
        }
    }

    /// Whether a collection condemns an unreachable object, or gives it up, at `now`.
    func allowsCondemning(_ object: GCObject, now: Timestamp) -> Bool {
        switch object.state {
        case .live: true
        case .uploading: force || object.writableUntil <= now
        case .condemned, .deleting: false
        }
    }
}

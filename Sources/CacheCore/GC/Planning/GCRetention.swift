/// What a collection keeps, and for how long.
public struct GCRetention: Hashable, Sendable {
    /// Closures last pushed at this instant or earlier are no roots, unless they are pinned; nil when all are.
    public var closureCutoff: Timestamp?
    /// Open uploads begun at this instant or earlier do not keep what they claim; nil when all do.
    public var uploadCutoff: Timestamp?
    /// For how long what is condemned is spared.
    public var grace: Duration
    /// Whether neither the grace nor a client that may still be writing holds a collection up.
    public var force: Bool

    /// Makes a rule.
    public init(
        closureCutoff: Timestamp? = nil, uploadCutoff: Timestamp? = nil, grace: Duration, force: Bool = false
    ) {
        self.closureCutoff = closureCutoff
        self.uploadCutoff = uploadCutoff
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

/// For how long a write or delete of the server's own may take effect.
///
/// The request is dated with ``signedAt``, the very instant from which the key's busy period was computed, and the
/// store refuses it after ``validUntil``: also one of a process that was paused in between.
public struct Lease: Sendable, Hashable {
    /// The instant the request is dated with.
    public var signedAt: Timestamp
    /// After this instant it must not take effect.
    public var validUntil: Timestamp

    /// Makes a lease.
    public init(signedAt: Timestamp, validUntil: Timestamp) {
        self.signedAt = signedAt
        self.validUntil = validUntil
    }

    /// Makes the lease of a request that is dated with an instant of the metadata store.
    public init(signedAt: Timestamp, times: LifecycleTimes) {
        self.init(signedAt: signedAt, validUntil: signedAt + times.leaseLifetime)
    }
}

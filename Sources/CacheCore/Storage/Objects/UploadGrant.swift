/// What a presigned URL allows.
public struct UploadGrant: Sendable, Hashable {
    /// The metadata store's instant from which the lifetime counts.
    public var signedAt: Timestamp
    /// For how long the URL can be used.
    public var lifetime: Duration
    /// How the client addresses the server, for stores that the server itself speaks for.
    public var origin: URLOrigin?
    /// The largest body in bytes, where the store can enforce one.
    public var maximumSize: Int64?

    /// Makes a grant.
    public init(signedAt: Timestamp, lifetime: Duration, origin: URLOrigin?, maximumSize: Int64?) {
        self.signedAt = signedAt
        self.lifetime = lifetime
        self.origin = origin
        self.maximumSize = maximumSize
    }
}

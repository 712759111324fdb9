/// How a client addresses the server, for URLs that lead back to it.
public struct URLOrigin: Sendable, Hashable {
    /// `http` or `https`.
    public var scheme: String
    /// `host` or `host:port`.
    public var authority: String

    /// Makes an origin.
    public init(scheme: String, authority: String) {
        self.scheme = scheme
        self.authority = authority
    }
}

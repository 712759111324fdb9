public import CacheCore

/// What a server is told about itself.
public struct ServerConfiguration: Sendable {
    /// Where to listen.
    public var address: ListenAddress
    /// How clients reach this server; nil to take what each request says.
    public var serverURL: URLOrigin?
    /// Where readers find the cache, for cache-config and the landing page.
    public var cacheURL: String?
    /// Whether this server serves the objects themselves (the read proxy).
    public var servesReads: Bool
    /// For how long readers of NARs may fetch them from the object store themselves, where they can reach it; nil to send
    /// all NARs from here.
    public var readRedirectLifetime: Duration?
    /// The public halves of the signing keys, as `name:base64`.
    public var publicKeys: [String]
    /// In bytes; nil for none.
    public var maximumNarSize: Int64?
    /// Ways to find out who makes a request, asked in this order.
    public var authenticators: [any Authenticator]
    /// What a token of each OIDC issuer has to name as its audience, for cache-config.
    public var audiences: [String: String]
    /// What the server shows of itself over TLS; nil to speak without TLS.
    public var tls: TLSIdentity?
    /// How much one credential may have under way.
    public var pushLimits: PushLimits
    /// How long clients may take and how much they may hold.
    public var limits: ConnectionLimits

    /// - Parameters:
    ///   - address: where to listen.
    ///   - serverURL: how clients reach this server; nil to take what each request says.
    ///   - cacheURL: where readers find the cache.
    ///   - servesReads: whether this server serves the objects themselves.
    ///   - readRedirectLifetime: for how long readers of NARs may fetch them from the object store; nil for never.
    ///   - publicKeys: as `name:base64`.
    ///   - maximumNarSize: in bytes; nil for none.
    ///   - authenticators: asked in this order.
    ///   - audiences: what a token of each OIDC issuer has to name as its audience.
    ///   - tls: what the server shows of itself over TLS; nil to speak without TLS.
    ///   - pushLimits: how much one credential may have under way.
    ///   - limits: how long clients may take and how much they may hold.
    public init(
        address: ListenAddress, serverURL: URLOrigin? = nil, cacheURL: String? = nil, servesReads: Bool = true,
        readRedirectLifetime: Duration? = nil, publicKeys: [String] = [], maximumNarSize: Int64? = nil,
        authenticators: [any Authenticator] = [], audiences: [String: String] = [:], tls: TLSIdentity? = nil,
        pushLimits: PushLimits = PushLimits(), limits: ConnectionLimits = ConnectionLimits()
    ) {
        self.address = address
        self.serverURL = serverURL
        self.cacheURL = cacheURL
        self.servesReads = servesReads
        self.readRedirectLifetime = readRedirectLifetime
        self.publicKeys = publicKeys
        self.maximumNarSize = maximumNarSize
        self.authenticators = authenticators
        self.audiences = audiences
        self.tls = tls
        self.pushLimits = pushLimits
        self.limits = limits
    }
}

/// A request to an HTTP server.
public struct HTTPRequest: Sendable {
    /// The method, in capitals.
    public var method: String

    /// An absolute URL, `http` or `https`, percent-encoded. Its path is sent as it is, dots included.
    public var url: String

    /// What is sent besides what the client adds: `Host`, `User-Agent`, `Accept` and the length of the body.
    public var headers: HTTPHeaders

    /// What is sent after the head.
    public var body: HTTPRequestBody

    /// For how long a connection may take to be made, TLS included. `nil` takes the client's.
    public var connectTimeout: Duration?

    /// For how long the request may take in all, waiting for a free connection and reading the body included.
    public var totalTimeout: Duration?

    /// For how long no byte may move in either direction once the connection is made. The time in which we ourselves
    /// do not read the response, or have nothing to send, does not count.
    public var stallTimeout: Duration

    /// Whether redirects are followed, up to ten. Only `GET` and `HEAD` ever are.
    public var followRedirects: Bool

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - method: the method, in capitals.
    ///   - url: an absolute URL, `http` or `https`, percent-encoded.
    ///   - headers: what is sent besides what the client adds.
    ///   - body: what is sent after the head.
    ///   - connectTimeout: for how long a connection may take to be made; `nil` takes the client's.
    ///   - totalTimeout: for how long the request may take in all.
    ///   - stallTimeout: for how long no byte may move.
    ///   - followRedirects: whether redirects of `GET` and `HEAD` are followed.
    public init(
        method: String = "GET", url: String, headers: HTTPHeaders = HTTPHeaders(), body: HTTPRequestBody = .none,
        connectTimeout: Duration? = nil, totalTimeout: Duration? = nil, stallTimeout: Duration = .seconds(30),
        followRedirects: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        self.stallTimeout = stallTimeout
        self.followRedirects = followRedirects
    }
}

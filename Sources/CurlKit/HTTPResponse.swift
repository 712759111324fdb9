/// The answer to a request: its head is here, its body comes as it is read.
public struct HTTPResponse: Sendable {
    /// The status code, 200…999.
    public var status: Int

    /// The header fields; those of interim responses (1xx) and of redirects that were followed are not among them.
    public var headers: HTTPHeaders

    /// The body. Whoever drops it unread closes the connection.
    public var body: HTTPResponseBody

    /// How the response came about.
    public var metrics: HTTPMetrics

    /// Makes a response, for tests and for answers from memory.
    ///
    /// - Parameters:
    ///   - status: the status code.
    ///   - headers: the header fields.
    ///   - body: the body.
    ///   - metrics: how the response came about.
    public init(
        status: Int, headers: HTTPHeaders = HTTPHeaders(), body: HTTPResponseBody = HTTPResponseBody(bytes: []),
        metrics: HTTPMetrics = HTTPMetrics()
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.metrics = metrics
    }

    /// Whether the status is 200…299.
    public var isSuccess: Bool { (200..<300).contains(status) }
}

/// What came to the paths of a ``DirectoryStore``, apart from the body.
public struct StoreRequest: Sendable {
    /// The HTTP method, as received.
    public var method: String

    /// The path as received: still percent-encoded, without the query.
    public var path: String

    /// What stood behind the `?` as received: still percent-encoded. Empty without one.
    public var query: String

    /// The `Host` header, or `:authority`, as received.
    public var host: String

    /// The length of the body in bytes, if the client has told it.
    public var contentLength: Int64?

    /// The `Content-Type` header.
    public var contentType: String?

    /// The `Content-Encoding` header.
    public var contentEncoding: String?

    /// Makes a request.
    public init(
        method: String, path: String, query: String, host: String, contentLength: Int64?, contentType: String?,
        contentEncoding: String?
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.host = host
        self.contentLength = contentLength
        self.contentType = contentType
        self.contentEncoding = contentEncoding
    }
}

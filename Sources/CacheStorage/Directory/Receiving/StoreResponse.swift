/// What a ``DirectoryStore`` answers to a ``StoreRequest``.
public struct StoreResponse: Sendable {
    /// The HTTP status.
    public var status: Int

    /// Header fields, names in the usual capitals.
    public var headers: [(name: String, value: String)]

    /// The body: empty, or an error in XML as S3 writes it.
    public var body: [UInt8]

    /// Makes a response.
    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What a response says before its body.
struct HTTPResponseHead: Hashable, Sendable {
    var status: Int
    var version: String
    var headers = HTTPHeaders()

    /// The length that a single, well-formed `Content-Length` announces.
    var contentLength: Int64? {
        headers["content-length"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}

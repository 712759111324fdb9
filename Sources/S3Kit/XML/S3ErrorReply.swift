/// The body of an answer that reports an error.
///
/// Source: Amazon S3 API reference, "Error responses"; AWS STS API reference, "Common errors".
struct S3ErrorReply: Hashable {
    var code = ""
    var message = ""
    var requestID: String?

    /// The region that the request should have gone to, with `AuthorizationHeaderMalformed`.
    var region: String?

    /// The host that the request should have gone to, with `PermanentRedirect`.
    var endpoint: String?

    /// Reads `Error`, or STS's `ErrorResponse`, which has one inside.
    init(parsing bytes: [UInt8]) throws(XMLError) {
        self = try XMLReader.read(bytes) { (name, reader) throws(XMLError) in
            var reply = S3ErrorReply()
            switch name {
            case "Error": try reply.read(&reader)
            case "ErrorResponse":
                try reader.eachChild { (name, reader) throws(XMLError) in
                    switch name {
                    case "Error": try reply.read(&reader)
                    case "RequestId", "RequestID": reply.requestID = try reader.text()
                    default: break
                    }
                }
            default: throw reader.failure("the root element is \(name), not Error")
            }
            guard !reply.code.isEmpty else { throw reader.failure("an error has no code") }
            return reply
        }
    }

    private init() {}

    private mutating func read(_ reader: inout XMLReader) throws(XMLError) {
        var reply = self
        try reader.eachChild { (name, reader) throws(XMLError) in
            switch name {
            case "Code": reply.code = try reader.text()
            case "Message": reply.message = try reader.text()
            case "RequestId": reply.requestID = try reader.text()
            case "Region": reply.region = try reader.text()
            case "Endpoint": reply.endpoint = try reader.text()
            default: break
            }
        }
        self = reply
    }
}

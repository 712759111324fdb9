/// The error codes with which S3-compatible services ask for fewer requests.
public enum Throttling {
    /// The codes.
    public static let codes: Set<String> = [
        "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "RequestThrottled",
        "RequestLimitExceeded",
    ]

    /// Whether the XML of an error holds one of the codes.
    ///
    /// - Parameter body: the body of the response, or its beginning.
    static func isNamed(in body: [UInt8]) -> Bool {
        guard let start = body.firstRange(of: Array("<Code>".utf8)) else { return false }
        let code = body[start.upperBound...].prefix(64).prefix { $0 != UInt8(ascii: "<") }
        return codes.contains(String(decoding: code, as: UTF8.self))
    }
}

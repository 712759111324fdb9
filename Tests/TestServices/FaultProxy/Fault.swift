/// What a ``FaultProxy`` does to a request instead of passing it on and its reply back.
public enum Fault: Hashable, Sendable {
    /// Answers in place of the service, which does not get the request.
    case answer(status: Int, contentType: String, body: String)

    /// Resets the connection; the service does not get the request.
    case resetBeforeRequest

    /// Passes the request on, waits for the whole reply, and resets the connection instead of giving it back.
    case loseReply

    /// Passes the head of the reply and some bytes of its body back, then resets the connection.
    case truncateReply(afterBytes: Int)

    /// Passes the head of the reply and some bytes of its body back, then nothing more until the client hangs up.
    case stallReply(afterBytes: Int)

    /// Passes the request on after a while.
    case delay(Duration)

    /// S3's way to say that it is asked too often.
    public static let slowDown = s3Error(503, "SlowDown", "Please reduce your request rate.")

    /// How some services say the same.
    public static let tooManyRequests = s3Error(429, "TooManyRequests", "Please reduce your request rate.")

    /// A failure within S3.
    public static let internalError = s3Error(500, "InternalError", "We encountered an internal error.")

    /// An error in the form of S3.
    ///
    /// Source: Amazon S3 API reference, "Error responses".
    public static func s3Error(_ status: Int, _ code: String, _ message: String) -> Fault {
        .answer(
            status: status, contentType: "application/xml",
            body: """
                <?xml version="1.0" encoding="UTF-8"?>
                <Error><Code>\(code)</Code><Message>\(message)</Message><RequestId>fault</RequestId></Error>
                """)
    }
}

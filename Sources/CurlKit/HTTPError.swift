/// Why a request, or the reading of its response, failed.
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) {
            self.name = name
        }

        /// The code's name.
        public var description: String { name }

        /// The request cannot be sent as it is: a broken URL, a line break in a header.
        public static let invalidRequest = Code("invalidRequest")
        /// The server's or the proxy's name has no address.
        public static let resolve = Code("resolve")
        /// No connection could be made.
        public static let connect = Code("connect")
        /// TLS could not be agreed on, or a certificate is not trusted.
        public static let tls = Code("tls")
        /// A proxy refused.
        public static let proxy = Code("proxy")
        /// The connection or the whole request took too long.
        public static let timeout = Code("timeout")
        /// No byte moved for too long.
        public static let stalled = Code("stalled")
        /// The connection ended before the response did.
        public static let connectionLost = Code("connectionLost")
        /// The server's answer is not HTTP, or breaks a limit.
        public static let `protocol` = Code("protocol")
        /// More redirects than are followed.
        public static let tooManyRedirects = Code("tooManyRedirects")
        /// The body of the response is larger than the caller wants to hold.
        public static let bodyTooLarge = Code("bodyTooLarge")
        /// The stream of the request's body failed, or its length is not the promised one.
        public static let requestBody = Code("requestBody")
        /// The task was cancelled, or the body dropped.
        public static let cancelled = Code("cancelled")
        /// The client was shut down.
        public static let shutDown = Code("shutDown")
        /// libcurl or the system refused something that should work.
        public static let `internal` = Code("internal")
    }

    /// What kind of failure it was.
    public let code: Code

    /// One sentence that names the request without the secrets of its query, says what failed and what to do next.
    public let message: String

    /// The error behind it: what the stream of a request's body threw.
    public let cause: (any Error)?

    /// Whether a connection that was kept open turned out to be closed before anything was answered.
    var keptConnectionWasDead = false

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what kind of failure it was.
    ///   - message: one sentence for people.
    ///   - cause: the error behind it.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    init(_ code: Code, url: RedactedURL?, problem: String, remedy: String, cause: (any Error)? = nil) {
        let subject = url.map { "\($0): " } ?? ""
        self.init(code, message: "\(subject)\(problem); \(remedy)", cause: cause)
    }

    /// Whether the same request may well succeed a little later.
    public var isRetryable: Bool {
        switch code {
        case .resolve, .connect, .timeout, .stalled, .connectionLost, .protocol: true
        default: false
        }
    }

    /// The message.
    public var description: String { message }
}

/// Why something with an S3 service failed.
public struct S3Error: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was: the service's own code, or one of ours.
    public struct Code: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
        /// As the service spells it, such as `NoSuchKey`; ours are in small letters.
        public let rawValue: String

        /// Makes a code.
        public init(_ rawValue: String) {
            self.rawValue = rawValue
        }

        /// Makes a code.
        public init(stringLiteral value: String) {
            self.init(value)
        }

        /// As the service spells it.
        public var description: String { rawValue }

        /// No answer came, or it broke off. The cause is an `HTTPError`.
        public static let connection: Code = "connection"
        /// The answer is not one of S3's.
        public static let malformedReply: Code = "malformed-reply"
        /// The request cannot be made as it was asked for.
        public static let invalidArgument: Code = "invalid-argument"
        /// No source of credentials has any.
        public static let noCredentials: Code = "no-credentials"
        /// A source of credentials that is configured does not work.
        public static let badCredentials: Code = "bad-credentials"
        /// The time in which the request may take effect is over.
        public static let tooLate: Code = "too-late"
        /// The task was cancelled.
        public static let cancelled: Code = "cancelled"
        /// There is no such object. Also what a 404 without a body means for an object.
        public static let noSuchKey: Code = "NoSuchKey"
        /// There is no such bucket.
        public static let noSuchBucket: Code = "NoSuchBucket"
        /// There is no such multipart upload, or no longer.
        public static let noSuchUpload: Code = "NoSuchUpload"
        /// A part that should complete an upload is not there, or is another one.
        public static let invalidPart: Code = "InvalidPart"
        /// A condition of the request does not hold.
        public static let preconditionFailed: Code = "PreconditionFailed"
        /// The object is the one that the caller has.
        public static let notModified: Code = "NotModified"
        /// The object ends before the range begins.
        public static let invalidRange: Code = "InvalidRange"
        /// The credentials may not do this, or the signature is not taken.
        public static let accessDenied: Code = "AccessDenied"
        /// The caller has the bucket already.
        public static let bucketAlreadyOwnedByYou: Code = "BucketAlreadyOwnedByYou"
    }

    /// What was being done, such as `GET nar/x.nar.zst`.
    public let operation: String

    /// What kind of failure it was.
    public let code: Code

    /// The status of the answer, or `nil` where none came.
    public let status: Int?

    /// A phrase that says what is wrong and, where we know it, what to do.
    public let message: String

    /// What the service's operators find the request by.
    public let requestID: String?

    /// For how long the service asks to wait before the next try.
    public let retryAfter: Duration?

    /// The error behind it.
    public let cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what kind of failure it was.
    ///   - operation: what was being done.
    ///   - message: a phrase that says what is wrong.
    ///   - status: the status of the answer, or `nil` where none came.
    ///   - requestID: what the service's operators find the request by.
    ///   - retryAfter: for how long the service asks to wait.
    ///   - cause: the error behind it.
    public init(
        _ code: Code, operation: String, message: String, status: Int? = nil, requestID: String? = nil,
        retryAfter: Duration? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.operation = operation
        self.message = message
        self.status = status
        self.requestID = requestID
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// One sentence: what was being done, what went wrong, and the service's own words for it.
    public var description: String {
        var facts: [String] = []
        if let status { facts.append("HTTP \(status)") }
        if status != nil, !code.rawValue.isEmpty { facts.append(code.rawValue) }
        if let requestID { facts.append("request \(requestID)") }
        return "\(operation): \(message)" + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))")
    }
}

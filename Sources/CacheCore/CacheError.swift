/// Why something the cache was asked for did not happen.
public struct CacheError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; it decides the HTTP status.
    public enum Code: String, Sendable, CaseIterable {
        /// The request cannot be taken as it is (400).
        case invalidRequest = "invalid_request"
        /// The credential may not do this, or not to this object (403).
        case forbidden
        /// What the request names does not exist (404).
        case notFound = "not_found"
        /// The state does not allow it (409); ``CacheError/missing`` may say what is missing.
        case conflict
        /// The request is larger than the limit (413).
        case tooLarge = "too_large"
        /// The object store asks for fewer requests (429).
        case throttled
        /// Something is being deleted just now; it works again soon (503).
        case busy
        /// The database or the object store does not answer (503).
        case unavailable
        /// There is no room left (507).
        case insufficientStorage = "insufficient_storage"
        /// A fault of the server (500).
        case `internal`
    }

    /// What kind of failure it is.
    public var code: Code
    /// One sentence that names the thing and says what to do.
    public var message: String
    /// For a conflict: the keys that are neither uploaded nor present, sorted.
    public var missing: [String]
    /// After how long the request can be repeated.
    public var retryAfter: Duration?

    /// Makes an error.
    public init(_ code: Code, _ message: String, missing: [String] = [], retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.missing = missing
        self.retryAfter = retryAfter
    }

    /// The message.
    public var description: String { message }
}

/// Why an object store did not do what it was asked.
public struct ObjectStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Sendable, CaseIterable {
        /// No answer, or one that says to come back: whether the effect happened is unknown.
        case unavailable
        /// The store asks for fewer requests.
        case throttled
        /// The multipart upload is unknown (any more).
        case noSuchUpload
        /// A part is unknown, too small, or its ETag is another.
        case invalidPart
        /// The object exceeds the size it may have.
        case tooLarge
        /// There is no room left.
        case insufficientStorage
        /// The request came after the end of its lease.
        case expired
        /// The credentials do not allow it.
        case denied
        /// Anything else.
        case other
    }

    /// What kind of failure it is.
    public var code: Code
    /// One sentence that names the key or the store and says what to do.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same request, renewed, may succeed.
    public var isRetryable: Bool {
        switch code {
        case .unavailable, .throttled, .expired: true
        case .noSuchUpload, .invalidPart, .tooLarge, .insufficientStorage, .denied, .other: false
        }
    }

    /// The message.
    public var description: String { message }
}

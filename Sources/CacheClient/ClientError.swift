/// What went wrong in a call of this library: a code to decide by, and a sentence to show.
public struct ClientError: Error, Sendable {
    /// The kind of a ``ClientError``; new kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidArgument, nixMissing, nixFailed, unsupportedNix, databaseUnreadable, notInStore, invalidPath,
                unreadablePath
            case hashMismatch, credentials, unauthorized, forbidden, expired, rejected, notFound, incomplete
            case unreachable, serverFailure, queueFailed, cancelled
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The name of the code, such as `nixMissing`.
        public var description: String { kind.rawValue }

        /// An argument or a setting makes no sense.
        public static let invalidArgument = Code(.invalidArgument)
        /// There is no `nix` program to ask.
        public static let nixMissing = Code(.nixMissing)
        /// `nix` failed.
        public static let nixFailed = Code(.nixFailed)
        /// `nix` answered in a form that this library does not know.
        public static let unsupportedNix = Code(.unsupportedNix)
        /// The database of the local store cannot be read; `nix` may still know what is in it.
        public static let databaseUnreadable = Code(.databaseUnreadable)
        /// A path leads to no path in the store.
        public static let notInStore = Code(.notInStore)
        /// A store path is not valid: it was never built, or has been collected.
        public static let invalidPath = Code(.invalidPath)
        /// A file of a store path, or another file that is needed, cannot be read.
        public static let unreadablePath = Code(.unreadablePath)
        /// The contents of a store path are not those whose hash Nix recorded.
        public static let hashMismatch = Code(.hashMismatch)
        /// No usable token or certificate was found.
        public static let credentials = Code(.credentials)
        /// The server does not know the credentials (401).
        public static let unauthorized = Code(.unauthorized)
        /// The credentials do not allow the request (403).
        public static let forbidden = Code(.forbidden)
        /// The storage refuses the address that the server gave for an object: it has probably expired (403).
        public static let expired = Code(.expired)
        /// The server refuses the request, and would refuse it again.
        public static let rejected = Code(.rejected)
        /// The server does not know what the request is about (404).
        public static let notFound = Code(.notFound)
        /// Something that a closure needs went away before the push was complete (409).
        public static let incomplete = Code(.incomplete)
        /// The server, or the storage behind it, cannot be reached.
        public static let unreachable = Code(.unreachable)
        /// The server failed, or answered something it should not.
        public static let serverFailure = Code(.serverFailure)
        /// The queue of the post-build hook cannot be read or written.
        public static let queueFailed = Code(.queueFailed)
        /// The work was given up because its task was cancelled.
        public static let cancelled = Code(.cancelled)
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence that names the thing which failed and says what to do about it.
    public let message: String
    /// The failure underneath, where there is one.
    public let cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: One sentence for the user.
    ///   - cause: The failure underneath.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ClientError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

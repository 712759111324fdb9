/// What went wrong in a call of this library: a code to decide by, and a sentence to show.
public struct NarKitError: Error, Sendable {
    /// The kind of a ``NarKitError``; new kinds may be added, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidEncoding, invalidHash, invalidStoreDirectory, invalidStorePath, invalidContentAddress
            case invalidNarInfo, invalidCacheInfo, invalidRealisation, invalidSignature, invalidKey
            case invalidArchive, invalidListing, invalidCompressedData
            case tooLarge, unsupported, fileSystem, fileChanged, cryptography, cancelled
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The name of the code, such as `invalidHash`.
        public var description: String { kind.rawValue }

        /// A text is not nix32, base64 or hexadecimal, or not the canonical spelling of its bytes.
        public static let invalidEncoding = Code(.invalidEncoding)
        /// A text is not a hash in any spelling that Nix uses, or its length does not fit its algorithm.
        public static let invalidHash = Code(.invalidHash)
        /// A path cannot be a store directory.
        public static let invalidStoreDirectory = Code(.invalidStoreDirectory)
        /// A text is not a store path, or lies in another store.
        public static let invalidStorePath = Code(.invalidStorePath)
        /// A text is not a content address.
        public static let invalidContentAddress = Code(.invalidContentAddress)
        /// A narinfo breaks the rules of its format.
        public static let invalidNarInfo = Code(.invalidNarInfo)
        /// A `nix-cache-info` file breaks the rules of its format.
        public static let invalidCacheInfo = Code(.invalidCacheInfo)
        /// A realisation breaks the rules of its format.
        public static let invalidRealisation = Code(.invalidRealisation)
        /// A text is not a signature.
        public static let invalidSignature = Code(.invalidSignature)
        /// A text is not a secret or public key.
        public static let invalidKey = Code(.invalidKey)
        /// A NAR breaks the rules of its format.
        public static let invalidArchive = Code(.invalidArchive)
        /// A NAR listing breaks the rules of its format.
        public static let invalidListing = Code(.invalidListing)
        /// Compressed data is corrupt or cut off.
        public static let invalidCompressedData = Code(.invalidCompressedData)
        /// Input or output is larger than the limit that the caller set.
        public static let tooLarge = Code(.tooLarge)
        /// The input is well formed, but asks for something this library does not do.
        public static let unsupported = Code(.unsupported)
        /// The file system refused an operation.
        public static let fileSystem = Code(.fileSystem)
        /// A file changed while it was read.
        public static let fileChanged = Code(.fileChanged)
        /// The cryptographic library could not be started.
        public static let cryptography = Code(.cryptography)
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

extension NarKitError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

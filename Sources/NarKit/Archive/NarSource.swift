/// A NAR of a file system tree, made while it is read.
///
/// A thread walks the tree a few files ahead of another one that reads, hashes and compresses. Memory does not grow
/// with the size of the files.
///
/// Source: the NAR format in the Nix manual, "Nix Archive (NAR) format".
public struct NarSource: Sendable {
    /// What is dumped.
    public let path: String
    /// How it is dumped.
    public let options: Options

    /// Names a file system tree; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - path: A file, directory or symbolic link. A link is dumped as a link, not followed.
    ///   - options: How it is dumped.
    public init(path: String, options: Options = .init()) {
        self.path = path
        self.options = options
    }

    /// The archive as a stream of chunks, which starts when the first chunk is asked for.
    public func makeStream() -> NarStream {
        NarStream(source: self)
    }
}

extension NarSource {
    /// What the bytes of the archive are compressed with.
    public enum Compression: Sendable, Hashable {
        /// Not at all.
        case none
        /// With Zstandard.
        case zstd(ZstdOptions)
    }

    /// How a tree is dumped.
    public struct Options: Sendable, Hashable {
        /// What the bytes are compressed with; not at all by default.
        public var compression: Compression
        /// Whether ``NarSummary/narHash`` is computed on the way; true by default.
        public var computesHash: Bool
        /// Whether ``NarSummary/listing`` is collected on the way; true by default.
        public var buildsListing: Bool
        /// The bytes of a chunk, 256 KiB by default. Only the last one is smaller.
        public var chunkSize: Int
        /// How many finished chunks wait for the consumer at most, 4 by default.
        public var bufferedChunks: Int
        /// The bounds on depth and names.
        public var limits: NarLimits
        /// Whether `~nix~case~hack~N` is removed from the ends of names: on Darwin, as Nix does.
        public var stripsCaseHack: Bool

        /// Makes options.
        ///
        /// - Parameters:
        ///   - compression: What the bytes are compressed with.
        ///   - computesHash: Whether the NAR's SHA-256 hash is computed on the way.
        ///   - buildsListing: Whether the listing is collected on the way.
        ///   - chunkSize: The bytes of a chunk; at least 4,096 are used.
        ///   - bufferedChunks: How many finished chunks wait for the consumer at most.
        ///   - limits: The bounds on depth and names.
        public init(
            compression: Compression = .none, computesHash: Bool = true, buildsListing: Bool = true,
            chunkSize: Int = 256 << 10, bufferedChunks: Int = 4, limits: NarLimits = .init()
        ) {
            self.compression = compression
            self.computesHash = computesHash
            self.buildsListing = buildsListing
            self.chunkSize = max(4096, chunkSize)
            self.bufferedChunks = max(1, bufferedChunks)
            self.limits = limits
            stripsCaseHack = CaseHack.isUsedHere
        }
    }
}

/// How a push is done.
public struct PushOptions: Sendable, Equatable {
    /// How many requests may be under way to the storage at once.
    public var maximumConcurrentUploads: Int
    /// How many bytes of NARs may be held in memory while they wait to be sent.
    public var bufferSize: Int
    /// How many NARs are compressed at once, and how many threads compress a large one that is alone.
    public var processors: Int
    /// The level of zstd.
    public var compressionLevel: Int
    /// Whether the server checks that what it knows is really in the storage.
    public var verifiesStorage: Bool
    /// From how many paths on the server is asked first which of them it has.
    public var presenceThreshold: Int

    /// Makes options.
    ///
    /// - Parameters:
    ///   - maximumConcurrentUploads: How many requests may be under way at once, at least 1.
    ///   - bufferSize: How many bytes of NARs may wait in memory; at least two parts are made room for.
    ///   - processors: How many NARs are compressed at once, at least 1.
    ///   - compressionLevel: The level of zstd.
    ///   - verifiesStorage: Whether the server checks that what it knows is in the storage.
    ///   - presenceThreshold: From how many paths on the server is asked what it has.
    public init(
        maximumConcurrentUploads: Int = 30, bufferSize: Int = 64 << 20, processors: Int = 2, compressionLevel: Int = 3,
        verifiesStorage: Bool = false, presenceThreshold: Int = 500
    ) {
        self.maximumConcurrentUploads = max(1, maximumConcurrentUploads)
        self.bufferSize = max(2 * PartPlan.minimumPartSize, bufferSize)
        self.processors = max(1, processors)
        self.compressionLevel = compressionLevel
        self.verifiesStorage = verifiesStorage
        self.presenceThreshold = presenceThreshold
    }
}

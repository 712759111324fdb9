/// Sizes and times of a ``DirectoryStore``.
public struct DirectoryStoreOptions: Sendable {
    /// How many threads write. Small writes wait for the device, so more threads than processors are of use.
    public var writingThreads: Int

    /// How many threads read.
    public var readingThreads: Int

    /// How many bytes are read or written at once.
    public var chunkSize: Int

    /// For how long after the end of its URL's life a PUT that began in time may still take effect.
    public var uploadGrace: Duration

    /// The largest object that a URL without a limit of its own allows, in bytes.
    public var maximumObjectSize: Int64

    /// Makes options.
    ///
    /// - Parameters:
    ///   - writingThreads: how many threads write.
    ///   - readingThreads: how many threads read.
    ///   - chunkSize: how many bytes are read or written at once.
    ///   - uploadGrace: for how long after the end of its URL's life a PUT that began in time may still take effect.
    ///   - maximumObjectSize: the largest object that a URL without a limit of its own allows, in bytes.
    public init(
        writingThreads: Int = 16, readingThreads: Int = 4, chunkSize: Int = 256 << 10,
        uploadGrace: Duration = .seconds(3600), maximumObjectSize: Int64 = 5 << 40
    ) {
        self.writingThreads = max(1, writingThreads)
        self.readingThreads = max(1, readingThreads)
        self.chunkSize = max(4096, chunkSize)
        self.uploadGrace = uploadGrace
        self.maximumObjectSize = max(0, maximumObjectSize)
    }
}

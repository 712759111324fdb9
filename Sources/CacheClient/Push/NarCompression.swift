internal import NarKit

/// How a NAR is compressed; the same bytes come out of the same contents and the same compression.
struct NarCompression: Codable, Equatable, Sendable {
    /// The level of zstd.
    var level: Int
    /// Whether zstd works in jobs, whose number of threads does not change what comes out.
    var isParallel: Bool

    /// The options of zstd.
    ///
    /// - Parameter workers: The threads for jobs.
    func options(workers: Int) -> ZstdOptions {
        isParallel ? .parallel(level: level, workers: max(1, workers)) : ZstdOptions(level: level)
    }
}

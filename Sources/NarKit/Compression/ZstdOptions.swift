/// How Zstandard compresses.
///
/// Source: the Zstandard manual, "Advanced compression API".
public struct ZstdOptions: Sendable, Hashable {
    /// The level, from fast (1, or negative) to small (22). 3 by default.
    public var level: Int
    /// Threads that compress beside the one that reads. 0 by default: with several NARs under way, one core each is best.
    public var workers: Int
    /// The bytes that one worker compresses at a time; 0 lets the library choose. Memory grows with it.
    public var jobSize: Int
    /// How much of the window a worker's job repeats from the one before: 0 lets the library choose, 1 none, 9 all.
    public var overlapLog: Int
    /// Whether repetitions far apart are searched for. False by default.
    public var longDistanceMatching: Bool
    /// The size of the window as a power of two, 10 to 27 so that every reader can decompress; nil for the level's own.
    public var windowLog: Int?

    /// Makes options.
    ///
    /// - Parameters:
    ///   - level: The level.
    ///   - workers: Threads that compress beside the one that reads.
    ///   - jobSize: The bytes that one worker compresses at a time.
    ///   - overlapLog: How much of the window a worker's job repeats.
    ///   - longDistanceMatching: Whether repetitions far apart are searched for.
    ///   - windowLog: The size of the window as a power of two.
    public init(
        level: Int = 3, workers: Int = 0, jobSize: Int = 0, overlapLog: Int = 0, longDistanceMatching: Bool = false,
        windowLog: Int? = nil
    ) {
        self.level = level
        self.workers = workers
        self.jobSize = jobSize
        self.overlapLog = overlapLog
        self.longDistanceMatching = longDistanceMatching
        self.windowLog = windowLog
    }

    /// For a large NAR that is the only one under way: as fast as several cores allow, in about 40 MiB with two.
    ///
    /// - Parameters:
    ///   - level: The level.
    ///   - workers: The threads, not more than there are cores.
    /// - Returns: Options with jobs of 4 MiB, which cost less memory than the library's own choice and no speed.
    public static func parallel(level: Int = 3, workers: Int = 2) -> ZstdOptions {
        ZstdOptions(level: level, workers: workers, jobSize: 4 << 20, overlapLog: 8)
    }
}

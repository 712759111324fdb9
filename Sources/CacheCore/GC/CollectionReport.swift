/// How a collection of this process ended, for metrics.
public struct CollectionReport: Hashable, Sendable {
    /// How it ended.
    public var end: CollectionEnd
    /// What it has done.
    public var statistics: GCStatistics
    /// How long it took.
    public var duration: Duration

    /// Makes a report.
    public init(end: CollectionEnd, statistics: GCStatistics, duration: Duration) {
        self.end = end
        self.statistics = statistics
        self.duration = duration
    }
}

/// What is known about a metric before it has a value.
struct MetricDescription: Sendable {
    /// What it is, in one sentence.
    var help: String
    /// The upper ends of its ranges, where it is a histogram.
    var bounds: [Double] = Self.usualBounds

    /// What Prometheus' own libraries take for seconds.
    static let usualBounds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// For what a disk or a database near by answers, in seconds.
    static let quickBounds: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
    /// For what takes minutes: doubling from 1 s to 4096 s.
    static let slowBounds: [Double] = (0...12).map { Double(1 << $0) }
}

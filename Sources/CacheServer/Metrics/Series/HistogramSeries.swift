import CoreMetrics

/// How often values fell into which range.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    /// The upper ends of the ranges, ascending; one without an end follows.
    let bounds: [Double]
    private let counts: AtomicCounts
    private let sum = AtomicNumber()

    /// - Parameter bounds: the upper ends of the ranges, ascending.
    init(bounds: [Double]) {
        self.bounds = bounds
        counts = AtomicCounts(bounds.count + 1)
    }

    /// How many values there were.
    var count: Int64 { (0..<counts.count).reduce(0) { $0 + counts[$1] } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        counts.add(1, to: index)
        sum.add(value)
    }

    /// Kept in seconds.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    /// Kept in seconds.
    func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        record(Double(seconds) + Double(attoseconds) / 1e18)
    }

    func samples(labels: String) -> [MetricSample] {
        let separator = labels.isEmpty ? "" : ","
        var total: Int64 = 0
        var samples: [MetricSample] = []
        for index in 0..<counts.count {
            total += counts[index]
            let bound = index < bounds.count ? MetricSample.text(bounds[index]) : "+Inf"
            samples.append(
                MetricSample(
                    suffix: "_bucket", labels: "\(labels)\(separator)le=\"\(bound)\"", value: Double(total)))
        }
        samples.append(MetricSample(suffix: "_sum", labels: labels, value: sum.value))
        // Not counted anew: it has to be that of the last range.
        samples.append(MetricSample(suffix: "_count", labels: labels, value: Double(total)))
        return samples
    }
}

import CoreMetrics

/// A number that only grows.
final class CounterSeries: MetricSeries, CounterHandler {
    private let counts = AtomicCounts(1)

    /// The present value.
    var value: Int64 { counts[0] }

    func increment(by amount: Int64) {
        if amount > 0 { counts.add(amount, to: 0) }
    }

    /// Begins anew, as after a restart.
    func reset() {
        counts.add(-counts[0], to: 0)
    }

    func samples(labels: String) -> [MetricSample] {
        [MetricSample(labels: labels, value: Double(value))]
    }
}

import Synchronization

/// All metrics of a process, for Prometheus to fetch; the backend of swift-metrics.
///
/// To look a series up takes a lock, which is why whoever records often keeps it; to record takes none. The number of
/// series of a metric is bounded, so that labels from outside cannot fill the memory.
public final class PrometheusRegistry: Sendable, MetricSource {
    private let families = Mutex<[String: MetricFamily]>([:])
    private let maximumSeries: Int

    /// - Parameter maximumSeries: of one metric; what comes later shares the one that has `other` for all its labels.
    public init(maximumSeries: Int = 1000) {
        self.maximumSeries = maximumSeries
    }

    /// The series of a counter.
    func counter(_ name: String, _ labels: [(name: String, value: String)] = []) -> CounterSeries {
        series(name, .counter, labels) { _ in CounterSeries() }
    }

    /// The series of a gauge.
    func gauge(_ name: String, _ labels: [(name: String, value: String)] = []) -> GaugeSeries {
        series(name, .gauge, labels) { _ in GaugeSeries() }
    }

    /// The series of a histogram.
    func histogram(_ name: String, _ labels: [(name: String, value: String)] = []) -> HistogramSeries {
        series(name, .histogram, labels) { HistogramSeries(bounds: $0) }
    }

    /// Adds a gauge that is looked up whenever somebody asks.
    func addGauge(_ name: String, read: @escaping @Sendable () -> Double?) {
        _ = series(name, .gauge, []) { _ in ReadSeries(read: read) }
    }

    /// Forgets a series.
    func remove(_ handler: AnyObject) {
        for family in families.withLock({ Array($0.values) }) { family.remove(handler) }
    }

    func metrics() -> [ExposedMetric] {
        families.withLock { Array($0.values) }.map(\.exposed)
    }

    /// - Returns: one that is told to nobody, where there is a metric of this name that is of another kind.
    private func series<Series: MetricSeries>(
        _ name: String, _ kind: ExposedMetric.Kind, _ labels: [(name: String, value: String)],
        _ make: ([Double]) -> Series
    ) -> Series {
        let description = MetricDescription.known[name] ?? MetricDescription(help: MetricName.help(name))
        let family = families.withLock { families in
            if let known = families[name] { return known }
            let made = MetricFamily(name: name, kind: kind, description: description, limit: maximumSeries)
            families[name] = made
            return made
        }
        let series = family.kind == kind ? family.series(labels, make) : nil
        return series ?? make(description.bounds)
    }
}

public import CoreMetrics

extension PrometheusRegistry: MetricsFactory {
    /// A counter; its name ends with `_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(MetricName.metric(label, unit: "_total"), Self.labels(dimensions))
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(MetricName.metric(label), Self.labels(dimensions))
    }

    /// A histogram, or a gauge where only the last value counts.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let (name, labels) = (MetricName.metric(label), Self.labels(dimensions))
        return aggregate ? histogram(name, labels) : gauge(name, labels)
    }

    /// A histogram of seconds; its name ends with `_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(MetricName.metric(label, unit: "_seconds"), Self.labels(dimensions))
    }

    /// Forgets a counter.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    /// Forgets a gauge.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    /// Forgets a histogram or a gauge.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    /// Forgets a histogram.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// By name: the order in which somebody gives labels makes no other series.
    private static func labels(_ dimensions: [(String, String)]) -> [(name: String, value: String)] {
        dimensions.map { (name: MetricName.label($0.0), value: $0.1) }.sorted { $0.name < $1.name }
    }
}

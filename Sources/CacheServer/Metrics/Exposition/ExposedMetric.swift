/// What Prometheus is told about one metric.
struct ExposedMetric: Hashable, Sendable {
    /// What kind of values it has, by the names of the format.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    var name: String
    var kind: Kind
    /// What it is, in one sentence.
    var help: String
    /// Empty where nothing is known just now; then the metric is left out.
    var samples: [MetricSample]
}

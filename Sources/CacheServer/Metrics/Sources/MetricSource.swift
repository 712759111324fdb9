/// Something that knows metrics.
protocol MetricSource: Sendable {
    /// What is known now. What cannot be found out is left out.
    func metrics() async -> [ExposedMetric]
}

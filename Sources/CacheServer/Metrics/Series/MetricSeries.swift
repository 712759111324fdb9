/// The values that a metric has under one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    /// What Prometheus is told.
    func samples(labels: String) -> [MetricSample]
}

/// The text format of Prometheus, version 0.0.4
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes metrics, by name.
    ///
    /// - Parameter metrics: each name once.
    static func text(_ metrics: [ExposedMetric]) -> String {
        var text = ""
        for metric in metrics.sorted(by: { $0.name < $1.name }) where !metric.samples.isEmpty {
            let help = metric.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            text += "# HELP \(metric.name) \(help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            for sample in metric.samples {
                text += metric.name + sample.suffix
                if !sample.labels.isEmpty { text += "{\(sample.labels)}" }
                text += " \(MetricSample.text(sample.value))\n"
            }
        }
        return text
    }
}

/// One line that Prometheus is told.
struct MetricSample: Hashable, Sendable {
    /// What follows the metric's name, as `_bucket`.
    var suffix = ""
    /// As they are written between braces; empty for none.
    var labels = ""
    var value: Double

    /// Labels as they are written between braces.
    ///
    /// - Parameter labels: names that Prometheus takes, and any values.
    static func labels(_ labels: [(name: String, value: String)]) -> String {
        labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    }

    /// A number as Prometheus reads it.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

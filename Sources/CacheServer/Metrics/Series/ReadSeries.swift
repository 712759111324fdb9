/// A number that is looked up whenever somebody asks.
final class ReadSeries: MetricSeries {
    private let read: @Sendable () -> Double?

    /// - Parameter read: looks the number up; nil where there is none just now.
    init(read: @escaping @Sendable () -> Double?) {
        self.read = read
    }

    func samples(labels: String) -> [MetricSample] {
        read().map { [MetricSample(labels: labels, value: $0)] } ?? []
    }
}

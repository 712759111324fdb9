import Synchronization

/// A metric with all its series.
final class MetricFamily: Sendable {
    let name: String
    let kind: ExposedMetric.Kind
    private let description: MetricDescription
    private let limit: Int
    private let series = Mutex<[String: any MetricSeries]>([:])

    /// - Parameter limit: how many series there are at most; what comes later shares one.
    init(name: String, kind: ExposedMetric.Kind, description: MetricDescription, limit: Int) {
        self.name = name
        self.kind = kind
        self.description = description
        self.limit = limit
    }

    /// The series of some labels, made where there is none yet.
    ///
    /// - Returns: nil where it is one of another type.
    func series<Series: MetricSeries>(
        _ labels: [(name: String, value: String)], _ make: ([Double]) -> Series
    ) -> Series? {
        series.withLock { all in
            var text = MetricSample.labels(labels)
            if all[text] == nil, all.count >= limit {
                text = MetricSample.labels(labels.map { (name: $0.name, value: "other") })
            }
            if let known = all[text] { return known as? Series }
            let made = make(description.bounds)
            all[text] = made
            return made
        }
    }

    /// Forgets a series. What is still recorded in it goes nowhere.
    func remove(_ handler: AnyObject) {
        series.withLock { all in
            for (labels, series) in all where series === handler { all[labels] = nil }
        }
    }

    /// What Prometheus is told about it.
    var exposed: ExposedMetric {
        let all = series.withLock { $0 }.sorted { $0.key < $1.key }
        return ExposedMetric(
            name: name, kind: kind, help: description.help, samples: all.flatMap { $1.samples(labels: $0) })
    }
}

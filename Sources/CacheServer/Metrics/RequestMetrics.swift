import HTTPTypes
import Hummingbird

/// How many requests each route has answered, how, and how long that took.
///
/// All routes are known before the first request, so that to count one takes neither a lock nor memory.
final class RequestMetrics: MetricSource {
    private struct RouteKey: Hashable {
        let pattern: String
        let method: HTTPRequest.Method
    }

    /// One route and one method.
    private final class Route: Sendable {
        let labels: [(name: String, value: String)]
        let durations = HistogramSeries(bounds: MetricDescription.usualBounds)
        /// One for each status from 100 to 599.
        let statuses = AtomicCounts(500)

        init(_ label: RouteLabel, method: String) {
            labels = [(name: "method", value: method), (name: "route", value: label.text)]
        }
    }

    private let routes: [RouteKey: Route]
    private let unmatched: [HTTPRequest.Method: Route]
    private let unusual = Route(.unmatched, method: "other")

    /// - Parameter routes: all there are.
    init(_ routes: [(pattern: String, method: HTTPRequest.Method)]) {
        let getters = Set(routes.filter { $0.method == .get }.map(\.pattern))
        var known: [RouteKey: Route] = [:]
        for (pattern, method) in routes {
            let label = RouteLabel(pattern: pattern, method: method, hasGet: getters.contains(pattern))
            known[RouteKey(pattern: pattern, method: method)] = Route(label, method: method.rawValue)
        }
        self.routes = known
        let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .options, .patch]
        unmatched = Dictionary(uniqueKeysWithValues: methods.map { ($0, Route(.unmatched, method: $0.rawValue)) })
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - pattern: the route's, as the router says it; nil where there is none.
    ///   - duration: from the head of the request to the last byte of the answer.
    func record(_ method: HTTPRequest.Method, pattern: String?, status: Int, duration: Duration) {
        let route = pattern.flatMap { routes[RouteKey(pattern: $0, method: method)] } ?? unmatched[method] ?? unusual
        route.durations.record(duration)
        if (100...599).contains(status) { route.statuses.add(1, to: status - 100) }
    }

    func metrics() -> [ExposedMetric] {
        let used = (Array(routes.values) + Array(unmatched.values) + [unusual]).filter { $0.durations.count > 0 }
            .map { (labels: $0.labels, text: MetricSample.labels($0.labels), route: $0) }
            .sorted { $0.text < $1.text }
        let requests = used.flatMap { used in
            (0..<used.route.statuses.count).compactMap { index -> MetricSample? in
                let count = used.route.statuses[index]
                guard count > 0 else { return nil }
                let labels = used.labels + [(name: "status", value: "\(index + 100)")]
                return MetricSample(labels: MetricSample.labels(labels), value: Double(count))
            }
        }
        return [
            exposed("niks3_http_requests_total", .counter, requests),
            exposed(
                "niks3_http_request_duration_seconds", .histogram,
                used.flatMap { $0.route.durations.samples(labels: $0.text) }),
        ]
    }

    private func exposed(_ name: String, _ kind: ExposedMetric.Kind, _ samples: [MetricSample]) -> ExposedMetric {
        ExposedMetric(name: name, kind: kind, help: MetricDescription.known[name]?.help ?? "", samples: samples)
    }
}

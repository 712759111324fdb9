import HTTPTypes
import Hummingbird

/// What Prometheus fetches.
struct MetricsRoutes: Sendable {
    let sources: [any MetricSource]

    static let path = "/metrics"

    func add(to routes: GuardedRoutes) {
        routes.get(Self.path, use: metrics)
    }

    @Sendable private func metrics(_ request: Request, context: CacheRequestContext) async throws -> Response {
        var metrics: [ExposedMetric] = []
        for source in sources { metrics += await source.metrics() }
        return Response(
            status: .ok, headers: [.contentType: PrometheusText.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: PrometheusText.text(metrics))))
    }
}

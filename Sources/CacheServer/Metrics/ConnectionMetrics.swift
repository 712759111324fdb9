/// What connections count while they carry requests.
struct ConnectionMetrics: Sendable {
    /// Connections that are open.
    let open: GaugeSeries
    /// Bytes of request bodies.
    let received: CounterSeries
    /// Bytes of response bodies.
    let sent: CounterSeries
    /// Requests that are being answered.
    let requests: GaugeSeries

    init(_ registry: PrometheusRegistry) {
        open = registry.gauge("niks3_http_connections")
        received = registry.counter("niks3_http_received_bytes_total")
        sent = registry.counter("niks3_http_sent_bytes_total")
        requests = registry.gauge("niks3_http_requests_in_flight")
    }
}

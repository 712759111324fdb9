import CurlKit
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Has each request of a connection answered, dates the answers, and takes note of how it went.
struct RequestHandler<Responder: HTTPResponder>: Sendable where Responder.Context == CacheRequestContext {
    let responder: Responder
    let requests: RequestMetrics
    let connections: ConnectionMetrics
    let logger: Logger
    private let date = DateField()

    init(
        responder: Responder, requests: RequestMetrics, connections: ConnectionMetrics, logger: Logger
    ) {
        self.responder = responder
        self.requests = requests
        self.connections = connections
        self.logger = logger
    }

    @concurrent @Sendable func handle(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let start = ContinuousClock.now
        let id = "\(RequestID())"
        let trace = TraceContext(of: request.head)
        var logger = logger
        logger[metadataKey: "request"] = "\(id)"
        if let trace { logger[metadataKey: "trace_id"] = "\(trace.traceID)" }
        let context = CacheRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        connections.requests.increment(by: 1)
        defer { connections.requests.decrement(by: 1) }
        var response = try await respond(to: request, context: context, trace: trace)
        response.headers[.date] = date.value
        let status = response.status.code
        // Whoever reports an error can name the request.
        if status >= 400, let name = Self.requestID { response.headers[name] = id }
        let bytes = response.body.contentLength
        var isWhole = false
        defer {
            let duration = ContinuousClock.now - start
            requests.record(request.method, pattern: context.endpointPath, status: status, duration: duration)
            AccessLogEntry(
                request: request, client: channel.remoteAddress, caller: context.caller.name, status: status,
                bytes: bytes, duration: duration, isWhole: isWhole
            ).write(to: logger)
        }
        try await writer.write(response: response.head, body: response.body)
        isWhole = true
    }

    private func respond(
        to request: Request, context: CacheRequestContext, trace: TraceContext?
    ) async throws -> Response {
        guard let trace else { return try await responder.respond(to: request, context: context) }
        // Requests to the object store then belong to the trace too.
        return try await TraceContext.$current.withValue(trace) {
            try await responder.respond(to: request, context: context)
        }
    }

    private static var requestID: HTTPField.Name? { HTTPField.Name("X-Request-Id") }
}

extension TraceContext {
    private static let field = HTTPField.Name(fieldName)

    /// The trace that the client of a request names.
    init?(of request: HTTPRequest) {
        guard let field = Self.field, let text = request.headerFields[field] else { return nil }
        self.init(text)
    }
}

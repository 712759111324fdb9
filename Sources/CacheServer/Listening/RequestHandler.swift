import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Has each request of a connection answered, and dates the answers.
struct RequestHandler<Responder: HTTPResponder>: Sendable where Responder.Context == CacheRequestContext {
    let responder: Responder
    let logger: Logger
    private let date = DateField()

    init(responder: Responder, logger: Logger) {
        self.responder = responder
        self.logger = logger
    }

    @concurrent @Sendable func handle(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var logger = logger
        logger[metadataKey: "request"] = "\(RequestID())"
        let context = CacheRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        var response = try await responder.respond(to: request, context: context)
        response.headers[.date] = date.value
        try await writer.write(response: response.head, body: response.body)
    }
}

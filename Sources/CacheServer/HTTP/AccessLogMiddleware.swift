import HTTPTypes
import Hummingbird
import Logging

/// One line for each request. Queries are left out: presigned URLs are credentials.
struct AccessLogMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CacheRequestContext,
        next: @concurrent (Request, CacheRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let status = response.status.code
        var metadata: Logger.Metadata = [
            "status": "\(status)", "ms": "\((ContinuousClock.now - start).milliseconds)",
        ]
        if let caller = context.caller.name { metadata["caller"] = "\(caller)" }
        context.logger.log(
            level: level(of: request, status: status), "\(request.method.rawValue) \(request.uri.path)",
            metadata: metadata)
        return response
    }

    private func level(of request: Request, status: Int) -> Logger.Level {
        if status >= 500 { return .warning }
        let changes = request.method == .post || request.method == .delete
        let isPerObject =
            request.uri.path == "/api/uploads/complete" || request.uri.path == "/api/multipart/request-parts"
        return changes && !isPerObject ? .info : .debug
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

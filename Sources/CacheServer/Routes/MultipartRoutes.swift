import CacheCore
import HTTPTypes
import Hummingbird

/// More part URLs for a multipart upload, and its completion.
struct MultipartRoutes: Sendable {
    let uploads: UploadService
    let origin: RequestOrigin
    let bodies: JSONBodies
    let limits: ConnectionLimits

    func add(to routes: GuardedRoutes) {
        routes.post("/api/multipart/request-parts", use: requestParts)
        routes.post("/api/multipart/complete", use: complete)
    }

    @Sendable private func requestParts(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let body: PartsRequest = try await bodies.decode(from: request, context: context, limit: limits.smallBody)
        return try .json(try await uploads.requestParts(body, origin: try origin.origin(of: request)))
    }

    @Sendable private func complete(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let body: CompleteMultipartRequest = try await bodies.decode(
            from: request, context: context, limit: limits.smallBody)
        try await uploads.completeMultipart(body)
        return Response(status: .noContent)
    }
}

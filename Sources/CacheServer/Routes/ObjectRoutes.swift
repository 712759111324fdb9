import CacheCore
import HTTPTypes
import Hummingbird
import Logging

/// What is there already, and notes of clients about single objects.
struct ObjectRoutes: Sendable {
    let uploads: UploadService
    let bodies: JSONBodies
    let limits: ConnectionLimits
    let metrics: ServerMetrics

    func add(to routes: GuardedRoutes) {
        routes.post("/api/objects/present", use: present)
        routes.post("/api/objects/uploaded", use: narsUploaded)
        routes.head("/api/objects/**", use: exists)
        routes.post("/api/uploads/complete", use: uploadCompleted)
        routes.post("/api/uploads/skipped", use: uploadsSkipped)
        routes.get("/api/closures/:key", use: closure)
    }

    @Sendable private func present(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let body: PresentRequest = try await bodies.decode(from: request, context: context, limit: limits.listBody)
        return try .json(PresentResponse(present: try await uploads.present(body.keys)))
    }

    @Sendable private func exists(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let key = RequestTarget(request.head.path)?.key(after: "/api/objects/")
        guard let key, try await uploads.objectExists(key) else { return Response(status: .notFound) }
        return Response(status: .noContent)
    }

    @Sendable private func uploadCompleted(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let body: UploadCompletedRequest = try await bodies.decode(
            from: request, context: context, limit: limits.smallBody)
        try await uploads.uploadCompleted(body.objectKey)
        return Response(status: .noContent)
    }

    @Sendable private func narsUploaded(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let body: UploadedRequest = try await bodies.decode(from: request, context: context, limit: limits.listBody)
        return try .json(UploadedResponse(registered: try await uploads.narsUploaded(body.keys)))
    }

    @Sendable private func uploadsSkipped(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let body: UploadsSkippedRequest = try await bodies.decode(
            from: request, context: context, limit: limits.smallBody)
        metrics.note(body)
        context.logger.info(
            "a client skipped paths with too large NARs",
            metadata: ["paths": "\(body.paths)", "bytes": "\(body.narBytes)"])
        return Response(status: .noContent)
    }

    @Sendable private func closure(_ request: Request, context: CacheRequestContext) async throws -> Response {
        guard let key = RequestTarget(request.head.path)?.key(after: "/api/closures/"),
            let closure = try await uploads.closure(key)
        else { throw APIError(.notFound, code: "not_found", "no such closure") }
        return try .json(closure)
    }
}

import CacheCore
import HTTPTypes
import Hummingbird

/// Creating, signing and completing uploads: `/api/pending_closures` with one root and `/api/pushes` with several. The
/// ids are of one kind, and both families take them.
struct UploadRoutes: Sendable {
    let uploads: UploadService
    let origin: RequestOrigin
    let bodies: JSONBodies
    let limits: ConnectionLimits

    func add(writing: some RouterMethods<CacheRequestContext>, administering: some RouterMethods<CacheRequestContext>) {
        writing.post("/api/pending_closures", use: createPendingClosure)
        writing.post("/api/pushes", use: createPush)
        for family in ["/api/pending_closures", "/api/pushes"] {
            writing.post(RouterPath(stringLiteral: family + "/:id/sign"), use: sign)
            writing.post(RouterPath(stringLiteral: family + "/:id/complete"), use: complete)
        }
        administering.delete("/api/pending_closures", use: dropUploads)
    }

    @Sendable private func createPendingClosure(_ request: Request, context: CacheRequestContext) async throws
        -> Response
    {
        try await create(request, context: context) { body in
            body.roots = nil
            body.closure = body.closure ?? ""
        }
    }

    @Sendable private func createPush(_ request: Request, context: CacheRequestContext) async throws -> Response {
        try await create(request, context: context) { body in
            body.closure = nil
            body.roots = body.roots ?? []
        }
    }

    /// - Parameter adapt: leaves of the body what this family of paths takes.
    private func create(
        _ request: Request, context: CacheRequestContext, adapt: (inout CreateUploadRequest) -> Void
    ) async throws -> Response {
        var body: CreateUploadRequest = try await bodies.decode(
            from: request, context: context, limit: limits.listBody)
        adapt(&body)
        return try .json(try await uploads.create(body, origin: try origin.origin(of: request)))
    }

    @Sendable private func sign(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let body: SignRequest = try await bodies.decode(from: request, context: context, limit: limits.listBody)
        return try .json(try await uploads.sign(id, body))
    }

    @Sendable private func complete(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        try await bodies.discard(from: request, context: context, limit: limits.smallBody)
        try await uploads.complete(id)
        return Response(status: .noContent)
    }

    @Sendable private func dropUploads(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let text = RequestTarget(request.head.path)?.parameter("older-than") ?? "1h"
        let age = try Duration(goDuration: text)
        guard age >= .zero else { throw APIError.invalid("older-than=\(text) is negative; write it as 90m or 1h") }
        try await uploads.dropUploads(olderThan: age)
        return Response(status: .noContent)
    }
}

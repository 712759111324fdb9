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
    let pushLimits: PushLimits
    private let counter: PushCounter

    init(
        uploads: UploadService, origin: RequestOrigin, bodies: JSONBodies, limits: ConnectionLimits,
        pushLimits: PushLimits
    ) {
        self.uploads = uploads
        self.origin = origin
        self.bodies = bodies
        self.limits = limits
        self.pushLimits = pushLimits
        counter = PushCounter(limits: pushLimits)
    }

    func add(to routes: GuardedRoutes) {
        routes.post("/api/pending_closures", use: createPendingClosure)
        routes.post("/api/pushes", use: createPush)
        for family in ["/api/pending_closures", "/api/pushes"] {
            routes.post(family + "/:id/sign", use: sign)
            routes.post(family + "/:id/complete", use: complete)
        }
        routes.delete("/api/pending_closures", use: dropUploads)
    }

    @Sendable private func createPendingClosure(_ request: Request, context: CacheRequestContext) async throws
        -> Response
    {
        try await create(.pendingClosure, request, context: context)
    }

    @Sendable private func createPush(_ request: Request, context: CacheRequestContext) async throws -> Response {
        try await create(.push, request, context: context)
    }

    /// Neither the body nor the answer is ever in memory as a whole: both may have hundreds of megabytes.
    private func create(
        _ kind: CreateUploadDraft.Kind, _ request: Request, context: CacheRequestContext
    ) async throws -> Response {
        let place = try counter.begin(context.principal)
        let begun: BegunUpload
        let share: BodyShare
        do {
            var scanner = CreateUploadScanner(kind)
            share = try await bodies.read(request, context: context, limit: limits.listBody) {
                try scanner.scan($0.span)
            }
            let draft = try scanner.finish()
            if let limit = pushLimits.objectsPerPush, draft.objectCount > limit {
                throw APIError(
                    .contentTooLarge, code: "too_large",
                    "the push lists \(draft.objectCount) objects, and one credential may list \(limit) at once; push "
                        + "fewer paths at a time")
            }
            begun = try await uploads.begin(consume draft, origin: try origin.origin(of: request))
        } catch {
            counter.giveBack(place)
            throw error
        }
        counter.begun(place, id: begun.upload.id.description)
        let text = LongText(begun.text, holding: share)
        return try await text.response(
            deadline: TransferDeadline(limits: limits, channel: context.channel),
            expectedBytes: begun.text.estimatedSize, logger: context.logger)
    }

    @Sendable private func sign(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let body: SignRequest = try await bodies.decode(from: request, context: context, limit: limits.listBody)
        counter.touch(id)
        return try .json(try await uploads.sign(id, body))
    }

    @Sendable private func complete(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let id = try context.parameters.require("id")
        try await bodies.discard(from: request, context: context, limit: limits.smallBody)
        counter.touch(id)
        try await uploads.complete(id)
        counter.end(id)
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

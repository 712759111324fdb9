import CacheCore
import HTTPTypes
import Hummingbird

/// Collections: asking for one, planning one, and how far the last one is.
struct CollectionRoutes: Sendable {
    let collections: CollectionService

    func add(to routes: GuardedRoutes) {
        routes.delete("/api/closures", use: collect)
        routes.get("/api/gc/status", use: status)
    }

    @Sendable private func collect(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let target = RequestTarget(request.head.path)
        let isDryRun = target?.parameter("dry_run") == "true"
        // Other servers do not know dry_run and would collect: our client gives the age by a name that they do not take.
        let age = isDryRun ? target?.parameter("dry_run_older_than") : nil
        let failed = target?.parameter("failed-uploads-older-than") ?? target?.parameter("pending-older-than")
        let parameters = GCParameters(
            olderThan: age ?? target?.parameter("older-than") ?? "",
            failedUploadsOlderThan: failed ?? GCParameters.defaultFailedUploadsOlderThan,
            force: target?.parameter("force") == "true")
        if isDryRun { return try .json(try await collections.plan(parameters)) }
        switch try await collections.begin(parameters) {
        case .begun(_, let status):
            return try .json(status, status: .accepted)
        case .running(let status) where status.params == parameters:
            return try .json(status, status: .accepted)
        case .running(let status):
            return try .json(
                GCConflictResponse(
                    error: "a collection with other parameters is running; wait until it has ended", activeTask: status),
                status: .conflict)
        }
    }

    @Sendable private func status(_ request: Request, context: CacheRequestContext) async throws -> Response {
        guard let status = try await collections.status() else {
            throw APIError(.notFound, code: "not_found", "no collection has been started yet")
        }
        return try .json(status)
    }
}

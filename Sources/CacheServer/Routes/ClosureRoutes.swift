import CacheCore
import HTTPTypes
import Hummingbird

/// Closures: listing them is for writers, deleting them for administrators.
struct ClosureRoutes: Sendable {
    let closures: ClosureService

    private static let defaultLimit = 50

    func add(to routes: GuardedRoutes) {
        routes.get("/api/closures", use: list)
        routes.delete("/api/closures/:key", use: remove)
    }

    @Sendable private func list(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let target = RequestTarget(request.head.path)
        let text = target?.parameter("limit") ?? "\(Self.defaultLimit)"
        guard let limit = Int(text) else {
            throw APIError.invalid("limit is no number; give one from 1 to \(ClosureService.pageLimit)")
        }
        return try .json(
            try await closures.list(
                limit: limit, after: target?.parameter("after") ?? "", search: target?.parameter("search") ?? ""))
    }

    @Sendable private func remove(_ request: Request, context: CacheRequestContext) async throws -> Response {
        guard let key = RequestTarget(request.head.path)?.key(after: "/api/closures/") else {
            throw APIError(.notFound, code: "not_found", "no such closure")
        }
        try await closures.remove(key)
        return Response(status: .noContent)
    }
}

import CacheCore
import HTTPTypes
import Hummingbird

/// Names that keep closures: listing and giving them is for writers, taking them away for administrators.
struct PinRoutes: Sendable {
    let pins: PinService
    let bodies: JSONBodies
    let limits: ConnectionLimits

    func add(to routes: GuardedRoutes) {
        routes.get("/api/pins", use: list)
        routes.post("/api/pins/:name", use: set)
        routes.delete("/api/pins/:name", use: remove)
    }

    @Sendable private func list(_ request: Request, context: CacheRequestContext) async throws -> Response {
        try .json(try await pins.all())
    }

    @Sendable private func set(_ request: Request, context: CacheRequestContext) async throws -> Response {
        let name = try name(of: request)
        guard context.principal?.pins.allows(name) ?? false else {
            throw APIError(
                .forbidden, code: "forbidden",
                "Forbidden: the pin \(name.prefix(64)) is reserved for others; choose another name")
        }
        let body: SetPinRequest = try await bodies.decode(from: request, context: context, limit: limits.smallBody)
        try await pins.set(name, storePath: body.storePath, expiresAt: body.expiresAt, keep: body.keep ?? 1)
        return Response(status: .noContent)
    }

    @Sendable private func remove(_ request: Request, context: CacheRequestContext) async throws -> Response {
        try await pins.remove(try name(of: request))
        return Response(status: .noContent)
    }

    private func name(of request: Request) throws(APIError) -> String {
        guard let name = RequestTarget(request.head.path)?.key(after: "/api/pins/") else {
            throw .invalid("the name of the pin cannot be read; use letters, digits, dots, underscores and hyphens")
        }
        return name
    }
}

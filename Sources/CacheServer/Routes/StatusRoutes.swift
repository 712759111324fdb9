import CacheCore
import HTTPTypes
import Hummingbird

/// What anybody may ask: whether the server is well, and what a client has to know about the cache.
struct StatusRoutes: Sendable {
    let uploads: UploadService
    let readiness: Readiness
    let configuration: ServerConfiguration
    let origin: RequestOrigin

    func add(to routes: GuardedRoutes) {
        for path in ["/health", "/healthz"] {
            serve(path, on: routes) { _, _ in .text("OK") }
        }
        serve("/readyz", on: routes, ready)
        serve("/api/cache-config", on: routes, cacheConfiguration)
        serve("/api/cache-stats", on: routes, statistics)
        serve("/", on: routes, root)
    }

    private func serve(
        _ path: String, on routes: GuardedRoutes,
        _ route: @escaping @Sendable (Request, CacheRequestContext) async throws -> Response
    ) {
        routes.get(path, use: route)
        routes.head(path) { request, context in try await route(request, context).createHeadResponse() }
    }

    @Sendable private func ready(_ request: Request, context: CacheRequestContext) async throws -> Response {
        try await readiness.check()
        return .text("OK")
    }

    @Sendable private func cacheConfiguration(_ request: Request, context: CacheRequestContext) async throws -> Response
    {
        let issuer = RequestTarget(request.head.path)?.parameter("issuer")
        return try .json(
            CacheConfiguration(
                substituterURL: configuration.cacheURL ?? "", publicKeys: configuration.publicKeys,
                oidcAudience: issuer.flatMap { configuration.audiences[$0] },
                maximumNarSize: configuration.maximumNarSize))
    }

    @Sendable private func statistics(_ request: Request, context: CacheRequestContext) async throws -> Response {
        var response = try Response.json(try await uploads.statistics())
        response.headers[.accessControlAllowOrigin] = "*"
        return response
    }

    @Sendable private func root(_ request: Request, context: CacheRequestContext) async throws -> Response {
        guard let cacheURL = configuration.cacheURL else {
            guard configuration.servesReads, let origin = try? origin.origin(of: request) else {
                return .text("This is a niks3 binary cache for Nix.\n")
            }
            let page = LandingPage(
                cacheURL: "\(origin.scheme)://\(origin.authority)", serverURL: nil,
                publicKeys: configuration.publicKeys, statistics: try? await uploads.statistics())
            return .page(page.html, policy: page.policy)
        }
        let location = configuration.servesReads ? "/index.html" : cacheURL
        return Response(status: .movedPermanently, headers: [.location: location])
    }
}

import HTTPTypes
import Hummingbird
import Logging

/// Lets a request pass whose credential has the scope that the route asks for.
struct AuthorizationMiddleware: RouterMiddleware {
    /// Asked in this order.
    let authenticators: [any Authenticator]
    let scope: Scopes

    func handle(
        _ request: Request, context: CacheRequestContext,
        next: @concurrent (Request, CacheRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let principal = try await authenticate(request, context: context) else { throw APIError.unauthorized }
        guard principal.scopes.isSuperset(of: scope) else { throw APIError.missing(scope: scope) }
        var context = context
        context.principal = principal
        return try await next(request, context)
    }

    private func authenticate(_ request: Request, context: CacheRequestContext) async throws -> Principal? {
        for authenticator in authenticators {
            if let principal = try await authenticator.principal(of: request.head) { return principal }
        }
        return nil
    }
}

import HTTPTypes
import Hummingbird
import Logging

/// Lets a request pass whose credential has the scope that the route asks for.
struct AuthorizationMiddleware: RouterMiddleware {
    let authentication: Authentication
    let scope: Scopes
    /// Whether the route only reads what the cache serves, which may be open to everybody.
    let isRead: Bool
    /// Whether the password of basic authentication counts as the token.
    let takesBasic: Bool

    func handle(
        _ request: Request, context: CacheRequestContext,
        next: @concurrent (Request, CacheRequestContext) async throws -> Response
    ) async throws -> Response {
        if isRead, !authentication.gatesReads { return try await next(request, context) }
        let shown = AuthenticationRequest(request.head, channel: context.channel, takesBasic: takesBasic)
        guard let principal = try await authentication.principal(of: shown, logger: context.logger) else {
            throw takesBasic ? APIError.unauthorizedReader : .unauthorized
        }
        context.caller.name = principal.name
        guard principal.scopes.isSuperset(of: scope) else { throw APIError.missing(scope: scope) }
        var context = context
        context.principal = principal
        return try await next(request, context)
    }
}

import HTTPTypes
import Hummingbird

/// Adds routes to a router, each behind what the table of routes asks for.
struct GuardedRoutes {
    typealias Handler = @Sendable (Request, CacheRequestContext) async throws -> Response

    let router: Router<CacheRequestContext>
    let authentication: Authentication

    func get(_ path: String, use handler: @escaping Handler) { on(.get, path, use: handler) }
    func head(_ path: String, use handler: @escaping Handler) { on(.head, path, use: handler) }
    func post(_ path: String, use handler: @escaping Handler) { on(.post, path, use: handler) }
    func delete(_ path: String, use handler: @escaping Handler) { on(.delete, path, use: handler) }

    /// Adds a route, which has to be in ``RouteAccess/table``.
    func on(_ method: HTTPRequest.Method, _ path: String, use handler: @escaping Handler) {
        guard let access = RouteAccess.entry(method, path) else {
            preconditionFailure("\(method) \(path) is not in RouteAccess.table, which says who may use it")
        }
        let group = router.group()
        switch access.requirement {
        case .nothing, .signature: break
        case .readingIfGated:
            // To programs that know no more than a user's name and password, reading is open too.
            group.add(
                middleware: AuthorizationMiddleware(
                    authentication: authentication, scope: .read, isRead: true, takesBasic: true))
        case .page(let scope):
            group.add(
                middleware: AuthorizationMiddleware(
                    authentication: authentication, scope: scope, isRead: false, takesBasic: true))
        case .scope(let scope):
            group.add(
                middleware: AuthorizationMiddleware(
                    authentication: authentication, scope: scope, isRead: false, takesBasic: false))
        }
        group.on(RouterPath(stringLiteral: path), method: method, use: handler)
    }
}

public import HTTPTypes

/// A route of the server and what a request needs to get through to it.
public struct RouteAccess: Hashable, Sendable {
    /// What a request needs.
    public enum Requirement: Hashable, Sendable {
        /// Nothing.
        case nothing
        /// The signature in the URL, which the route itself checks.
        case signature
        /// The scope `read`, where reads are gated; else nothing.
        case readingIfGated
        /// A credential with this scope.
        case scope(Scopes)
        /// The same, also as browsers send it. The route sees to it that a change comes from one of our own pages.
        case page(Scopes)
    }

    /// The method.
    public let method: HTTPRequest.Method
    /// The path as the router takes it: `/api/pushes/:id/sign`.
    public let path: String
    /// What a request needs.
    public let requirement: Requirement

    init(_ method: HTTPRequest.Method, _ path: String, _ requirement: Requirement) {
        self.method = method
        self.path = path
        self.requirement = requirement
    }

    /// The entry of the table for a route; nil for one that is not in it.
    static func entry(_ method: HTTPRequest.Method, _ path: String) -> RouteAccess? {
        table.first { $0.method == method && $0.path == path }
    }
}

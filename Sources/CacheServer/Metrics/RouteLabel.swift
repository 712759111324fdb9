import HTTPTypes
import Hummingbird

/// What a route is called in metrics: its method and its pattern, as `POST /api/pins/{name}`.
struct RouteLabel: Hashable, Sendable {
    /// For requests that belong to no route.
    static let unmatched = RouteLabel(text: "unmatched")

    let text: String

    private init(text: String) {
        self.text = text
    }

    /// - Parameters:
    ///   - pattern: as the router has it.
    ///   - method: of the route.
    ///   - hasGet: whether the pattern also has a route for GET, which then stands for HEAD too.
    init(pattern: String, method: HTTPRequest.Method, hasGet: Bool) {
        let segments = pattern.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            if segment == "**" { return pattern == "/**" ? "{path...}" : "{key...}" }
            return segment.hasPrefix(":") ? "{\(segment.dropFirst())}" : String(segment)
        }
        let path = segments.joined(separator: "/")
        // What reads everything that no other route takes has no method of its own.
        guard pattern != "/**" else {
            text = path
            return
        }
        text = "\(method == .head && hasGet ? HTTPRequest.Method.get : method) \(path)"
    }
}

import CacheCore
import HTTPTypes

/// An answer that is no success: its status, a sentence for people and a word for programs.
struct APIError: Error, Sendable, CustomStringConvertible {
    let status: HTTPResponse.Status
    /// For programs, as `not_found`.
    let code: String
    let message: String
    /// Keys that a commit lacks (status 409).
    var missing: [String] = []
    var headers: HTTPFields = [:]

    var description: String { message }

    init(_ status: HTTPResponse.Status, code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    static let unauthorized = {
        var error = Self(.unauthorized, code: "unauthorized", "Unauthorized")
        error.headers[.wwwAuthenticate] = "Bearer"
        return error
    }()

    /// Of what is read by programs, or used by browsers, that know no more than a user's name and password.
    static let unauthorizedReader = {
        var error = unauthorized
        error.headers[.wwwAuthenticate] = "Bearer, Basic realm=\"niks3\""
        return error
    }()

    static func missing(scope: Scopes) -> Self {
        let name = scope == .read ? "read" : scope == .write ? "write" : "admin"
        return Self(.forbidden, code: "forbidden", "Forbidden: token lacks scope \(name)")
    }

    static let notFound = Self(.notFound, code: "not_found", "404 page not found")

    static let methodNotAllowed = {
        var error = Self(.methodNotAllowed, code: "method_not_allowed", "Method Not Allowed")
        error.headers[.allow] = "GET, HEAD"
        return error
    }()

    static func invalid(_ message: String) -> Self {
        Self(.badRequest, code: "invalid_request", message)
    }

    static let incompleteBody = Self(
        .badRequest, code: "incomplete_body", "the request ended before its body was complete; send it again")

    static func tooLarge(limit: Int) -> Self {
        Self(.contentTooLarge, code: "too_large", "request body exceeds \(limit) bytes; split it into several requests")
    }
}

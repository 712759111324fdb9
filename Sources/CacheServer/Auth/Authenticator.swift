public import Hummingbird

/// One way to find out who makes a request.
public protocol Authenticator: Sendable {
    /// Checks the credential of this kind that a request bears.
    ///
    /// - Returns: nil where there is none, or none that this way knows: the next way is then asked.
    /// - Throws: when it could not be checked, as with an identity provider that is down.
    func principal(of request: HTTPRequest) async throws -> Principal?
}

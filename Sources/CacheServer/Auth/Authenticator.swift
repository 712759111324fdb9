/// One way to find out who makes a request.
public protocol Authenticator: Sendable {
    /// Whether somebody was given nothing but reading by this way: reads are then for those only who are let in.
    var gatesReads: Bool { get }

    /// Checks the credential of this kind that a request bears.
    ///
    /// - Throws: when it could not be checked, as with an identity provider that is down.
    func authenticate(_ request: AuthenticationRequest) async throws -> AuthenticationOutcome
}

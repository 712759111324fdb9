/// Lets clients in that have shown a certificate when they connected.
public struct TLSCertificateAuthenticator: Authenticator {
    private let rules: CertificateRules

    /// - Parameter rules: what subjects allow.
    public init(rules: CertificateRules) {
        self.rules = rules
    }

    /// Subjects that may only read make reads something that takes a credential.
    public var gatesReads: Bool { rules.gatesReads }

    /// Who has the certificate of the connection. TLS itself has refused those that nobody vouches for.
    public func authenticate(_ request: AuthenticationRequest) async throws -> AuthenticationOutcome {
        guard let channel = request.channel, let subject = try await PeerSubject.subject(on: channel) else {
            return .absent
        }
        return rules.outcome(of: subject)
    }
}

public import CacheCore

/// Lets clients in that have shown a certificate when they connected.
public struct TLSCertificateAuthenticator: Authenticator {
    private let rules: CertificateRules
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - rules: what subjects allow.
    ///   - now: the time, for certificates that expire.
    public init(rules: CertificateRules, now: @escaping @Sendable () -> Timestamp) {
        self.rules = rules
        self.now = now
    }

    /// Subjects that may only read make reads something that takes a credential.
    public var gatesReads: Bool { rules.gatesReads }

    /// Who has the certificate of the connection. TLS itself has refused those that nobody vouches for.
    public func authenticate(_ request: AuthenticationRequest) async throws -> AuthenticationOutcome {
        guard let channel = request.channel, let certificate = try await PeerCertificate.shown(on: channel) else {
            return .absent
        }
        // TLS looks only when it is shown, which a connection, or a session that goes on in another, may outlast.
        guard now() <= certificate.end else {
            return .refused(
                AuthenticationRefusal(
                    claimant: "certificate:\(certificate.subject)", reason: "the certificate has expired"))
        }
        return rules.outcome(of: certificate.subject)
    }
}

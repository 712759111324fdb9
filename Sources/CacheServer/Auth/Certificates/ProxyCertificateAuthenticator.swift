public import HTTPTypes

/// Lets clients in whose certificate a proxy in front of the server has checked, as it says in two fields.
///
/// Whoever reaches the server past the proxy can write these fields himself.
public struct ProxyCertificateAuthenticator: Authenticator {
    private let verdict: HTTPField.Name
    private let subject: HTTPField.Name
    private let rules: CertificateRules

    /// What the first field says of a certificate that was verified; nginx's `$ssl_client_verify`.
    static let success = "SUCCESS"

    /// - Parameters:
    ///   - verdict: the field that says whether the certificate was verified.
    ///   - subject: the field with its subject (RFC 2253); nginx's `$ssl_client_s_dn`.
    ///   - rules: what subjects allow.
    public init(verdict: HTTPField.Name, subject: HTTPField.Name, rules: CertificateRules) {
        self.verdict = verdict
        self.subject = subject
        self.rules = rules
    }

    /// Subjects that may only read make reads something that takes a credential.
    public var gatesReads: Bool { rules.gatesReads }

    /// Who has the certificate that the proxy names.
    public func authenticate(_ request: AuthenticationRequest) -> AuthenticationOutcome {
        let verdicts = request.head.headerFields[values: verdict]
        guard verdicts.contains(where: { $0 != "NONE" && !$0.isEmpty }) else { return .absent }
        let subjects = request.head.headerFields[values: subject]
        // A proxy that adds its field to one of the client's, instead of putting it in its place, is no protection.
        guard verdicts.count == 1, subjects.count <= 1 else {
            return .refused(AuthenticationRefusal(reason: "the proxy's fields about the certificate are there twice"))
        }
        guard verdicts[0] == Self.success else {
            return .refused(
                AuthenticationRefusal(claimant: subjects.first, reason: "the proxy did not verify the certificate"))
        }
        guard let subject = subjects.first, !subject.isEmpty else {
            return .refused(AuthenticationRefusal(reason: "the proxy names no subject of the certificate"))
        }
        return rules.outcome(of: subject)
    }
}

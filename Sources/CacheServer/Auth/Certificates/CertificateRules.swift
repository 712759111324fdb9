/// What the subjects of client certificates allow.
public struct CertificateRules: Hashable, Sendable {
    /// Subjects that may do everything.
    public let writers: [Glob]
    /// Subjects that may read.
    public let readers: [Glob]

    /// - Parameters:
    ///   - writers: subjects that may do everything.
    ///   - readers: subjects that may read. Without any pattern in either, every certificate that the authority vouches
    ///     for may do everything.
    public init(writers: [Glob] = [], readers: [Glob] = []) {
        // Whoever names himself `ci,O=Acme` is written `CN=ci\,O=Acme`, and nobody of Acme.
        self.writers = writers.map(\.escaping)
        self.readers = readers.map(\.escaping)
    }

    /// Whether somebody is given nothing but reading.
    public var gatesReads: Bool { !readers.isEmpty }

    /// Who has a certificate with this subject.
    ///
    /// - Returns: nil for one that matches no pattern.
    func principal(of subject: String) -> Principal? {
        let name = "certificate:\(subject)"
        if writers.isEmpty && readers.isEmpty || writers.contains(where: { $0.matches(subject) }) {
            return Principal(name: name, scopes: .all)
        }
        return readers.contains { $0.matches(subject) } ? Principal(name: name, scopes: .read) : nil
    }

    /// What a subject means that was checked by the authority.
    func outcome(of subject: String) -> AuthenticationOutcome {
        guard let principal = principal(of: subject) else {
            return .refused(
                AuthenticationRefusal(
                    claimant: "certificate:\(subject)", reason: "the certificate's subject matches no pattern"))
        }
        return .accepted(principal)
    }
}

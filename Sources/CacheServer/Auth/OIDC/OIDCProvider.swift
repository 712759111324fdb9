/// An identity provider whose tokens count.
public struct OIDCProvider: Hashable, Sendable {
    /// What the log calls it.
    public let name: String
    /// What its tokens name as `iss`.
    public let issuer: String
    /// What its tokens have to name as `aud`.
    public let audience: String
    /// Of whom they have to be, and what they allow. A token has what all rules together give that it matches.
    public let rules: [OIDCRule]
    /// Where its keys are; nil to ask its discovery document.
    public let keysURL: String?
    /// The certificates that vouch for its server, in PEM; nil for those of the system.
    public let certificateAuthorityFile: String?
    /// A file with the token to ask it with, as Kubernetes wants one; read anew each time.
    public let bearerTokenFile: String?
    /// Whether it may be asked without TLS.
    public let allowsInsecure: Bool

    /// What a token with these claims may do, together.
    ///
    /// - Returns: nil where no rule matches.
    func grant(to claims: TokenClaims) -> (scopes: Scopes, pins: [Glob])? {
        let matching = rules.filter { $0.matches(claims) }
        guard !matching.isEmpty else { return nil }
        return (matching.reduce(into: []) { $0.formUnion($1.scopes) }, matching.flatMap(\.pins))
    }
}

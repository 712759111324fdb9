/// A token that both sides were told, borne as `Authorization: Bearer TOKEN`.
public struct StaticTokenAuthenticator: Authenticator {
    /// The shortest token that is taken, in characters.
    public static let minimumLength = 36

    private let digest: TokenDigest
    private let holder: Principal

    /// - Parameters:
    ///   - token: at least ``minimumLength`` characters. Only its digest is kept.
    ///   - holder: who bears it.
    /// - Throws: ``ConfigurationError`` for a token that is too short or too long.
    public init(token: String, holder: Principal = Principal(name: "api-token", scopes: .all))
        throws(ConfigurationError)
    {
        guard token.count >= Self.minimumLength else {
            throw ConfigurationError(
                "the API token has \(token.count) characters; make one of at least \(Self.minimumLength), "
                    + "for example with: openssl rand -hex 32")
        }
        guard token.utf8.count < AuthenticationRequest.maximumTokenLength else {
            throw ConfigurationError(
                "the API token has \(token.utf8.count) bytes; give one of less than "
                    + "\(AuthenticationRequest.maximumTokenLength)")
        }
        digest = TokenDigest(of: token)
        self.holder = holder
    }

    /// A token for reading only makes reads something that takes a token.
    public var gatesReads: Bool { holder.scopes == .read }

    /// The holder, where the request bears the token.
    public func authenticate(_ request: AuthenticationRequest) -> AuthenticationOutcome {
        guard let token = request.token else { return .absent }
        return TokenDigest(of: token).isEqual(to: digest) ? .accepted(holder) : .absent
    }
}

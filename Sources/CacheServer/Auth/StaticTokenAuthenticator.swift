public import Hummingbird
import NarKit

/// A token that both sides were told, borne as `Authorization: Bearer TOKEN`.
public struct StaticTokenAuthenticator: Authenticator {
    /// The shortest token that is taken, in characters.
    public static let minimumLength = 36

    private let digest: [UInt8]
    private let holder: Principal

    /// - Parameters:
    ///   - token: at least ``minimumLength`` characters. Only its digest is kept.
    ///   - holder: who bears it.
    /// - Throws: ``ConfigurationError`` for a token that is too short.
    public init(token: String, holder: Principal = Principal(name: "api-token", scopes: .all))
        throws(ConfigurationError)
    {
        guard token.count >= Self.minimumLength else {
            throw ConfigurationError(
                "the API token has \(token.count) characters; make one of at least \(Self.minimumLength), "
                    + "for example with: openssl rand -hex 32")
        }
        digest = NixHash.sha256(of: token.utf8).bytes
        self.holder = holder
    }

    /// The holder, where the request bears the token.
    public func principal(of request: HTTPRequest) -> Principal? {
        guard let field = request.headerFields[.authorization], field.hasPrefix("Bearer ") else { return nil }
        let offered = NixHash.sha256(of: field.utf8.dropFirst("Bearer ".utf8.count)).bytes
        // Digests have one length, and every byte is looked at: the time says nothing about the token.
        let difference = zip(digest, offered).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 ? holder : nil
    }
}

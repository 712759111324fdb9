import CacheCore

/// A JSON Web Token that was signed (RFC 7515, compact form; RFC 7519), taken apart but not yet believed.
struct SignedToken: Sendable {
    let algorithm: SignatureAlgorithm
    /// Which key of the issuer has signed it, where it says so.
    let keyID: String?
    let claims: TokenClaims
    /// What was signed.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// The longest name of a key that is looked for, in bytes.
    private static let maximumKeyIDLength = 1024

    /// Whether a text has the form of such a token: three parts with dots between them.
    static func hasForm(_ text: String) -> Bool {
        text.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2
    }

    /// - Throws: ``TokenError`` for anything else than a token with an algorithm of ours.
    init(_ text: String) throws(TokenError) {
        guard text.utf8.count <= AuthenticationRequest.maximumTokenLength else { throw TokenError("it is too long") }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw TokenError("it does not have three parts") }
        let header = try Self.object(parts[0], "header")
        guard let name = header["alg"]?.string, let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw TokenError("its algorithm is none that counts")
        }
        // What the header calls critical has to be understood, and there is nothing of the kind that we would.
        guard header["crit"] == nil else { throw TokenError("its header has critical extensions") }
        switch header["kid"] {
        case nil: keyID = nil
        case .string(let text) where text.utf8.count <= Self.maximumKeyIDLength: keyID = text
        default: throw TokenError("its key id is no text, or too long")
        }
        self.algorithm = algorithm
        claims = TokenClaims(try Self.object(parts[1], "payload"))
        guard let signature = Base64URL.decode(parts[2]), !signature.isEmpty else {
            throw TokenError("its signature cannot be read")
        }
        self.signature = signature
        signedBytes = Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1])
    }

    private static func object(
        _ part: Substring.UTF8View, _ name: String
    ) throws(TokenError) -> [String: JSONValue] {
        guard let bytes = Base64URL.decode(part) else { throw TokenError("its \(name) is not base 64 for URLs") }
        // A member that is there twice is refused: we and whoever signed it might each have read another one.
        guard let object = (try? JSONValue(parsing: bytes))?.object else {
            throw TokenError("its \(name) is no JSON object, or has a member twice")
        }
        return object
    }
}

/// Why a token does not count.
struct TokenError: Error, Hashable, Sendable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

import CacheServer
import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A key pair of an identity provider in a test. It signs by hand, so that it can also sign what no provider would.
struct TestKey: Sendable {
    enum Secret: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    let id: String?
    let secret: Secret
    /// The member `alg` of the published key.
    var algorithm: String?
    /// Further members of the published key.
    var extra = ""

    /// Making an RSA key takes a while: all tests share these.
    static let rsa = try? TestKey(id: "rsa", secret: .rsa(_RSA.Signing.PrivateKey(keySize: .bits2048)))
    static let otherRSA = try? TestKey(id: "rsa", secret: .rsa(_RSA.Signing.PrivateKey(keySize: .bits2048)))

    static func p256(_ id: String? = "p256") -> TestKey { TestKey(id: id, secret: .p256(.init())) }
    static func p384(_ id: String? = "p384") -> TestKey { TestKey(id: id, secret: .p384(.init())) }
    static func p521(_ id: String? = "p521") -> TestKey { TestKey(id: id, secret: .p521(.init())) }
    static func ed25519(_ id: String? = "ed") -> TestKey { TestKey(id: id, secret: .ed25519(.init())) }

    /// The public half as a JSON Web Key.
    var publicJSON: String {
        var members = id.map { [#""kid":"\#($0)""#] } ?? []
        if let algorithm { members.append(#""alg":"\#(algorithm)""#) }
        switch secret {
        case .rsa(let key):
            guard let parts = try? key.publicKey.getKeyPrimitives() else { return "" }
            members.append(#""kty":"RSA","n":"\#(Self.text(parts.modulus))","e":"\#(Self.text(parts.publicExponent))""#)
        case .p256(let key): members.append(Self.curve("P-256", key.publicKey.rawRepresentation))
        case .p384(let key): members.append(Self.curve("P-384", key.publicKey.rawRepresentation))
        case .p521(let key): members.append(Self.curve("P-521", key.publicKey.rawRepresentation))
        case .ed25519(let key):
            members.append(#""kty":"OKP","crv":"Ed25519","x":"\#(Self.text(key.publicKey.rawRepresentation))""#)
        }
        return "{" + members.joined(separator: ",") + extra + "}"
    }

    /// A token.
    ///
    /// - Parameters:
    ///   - claims: the payload, as JSON.
    ///   - algorithm: what the header names and the signature is made with, where the key can.
    ///   - header: the whole header, where it is to be an odd one.
    func token(_ claims: String, algorithm: String? = nil, header: String? = nil) throws -> String {
        let name = algorithm ?? usualAlgorithm
        let head = header ?? #"{"typ":"JWT","alg":"\#(name)"\#(id.map { #","kid":"\#($0)""# } ?? "")}"#
        let signed = Self.text(Array(head.utf8)) + "." + Self.text(Array(claims.utf8))
        return signed + "." + Self.text(try signature(of: Array(signed.utf8), algorithm: name))
    }

    private var usualAlgorithm: String {
        switch secret {
        case .rsa: "RS256"
        case .p256: "ES256"
        case .p384: "ES384"
        case .p521: "ES512"
        case .ed25519: "EdDSA"
        }
    }

    private func signature(of bytes: [UInt8], algorithm: String) throws -> [UInt8] {
        switch secret {
        case .p256(let key): return [UInt8](try key.signature(for: bytes).rawRepresentation)
        case .p384(let key): return [UInt8](try key.signature(for: bytes).rawRepresentation)
        case .p521(let key): return [UInt8](try key.signature(for: bytes).rawRepresentation)
        case .ed25519(let key): return [UInt8](try key.signature(for: bytes))
        case .rsa(let key):
            let padding: _RSA.Signing.Padding = algorithm.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
            let signature =
                switch algorithm.suffix(3) {
                case "384": try key.signature(for: SHA384.hash(data: bytes), padding: padding)
                case "512": try key.signature(for: SHA512.hash(data: bytes), padding: padding)
                default: try key.signature(for: SHA256.hash(data: bytes), padding: padding)
                }
            return [UInt8](signature.rawRepresentation)
        }
    }

    private static func curve(_ name: String, _ point: Data) -> String {
        let half = point.count / 2
        return #""kty":"EC","crv":"\#(name)","x":"\#(text(point.prefix(half)))","y":"\#(text(point.suffix(half)))""#
    }

    /// Base 64 for URLs, by Foundation's.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

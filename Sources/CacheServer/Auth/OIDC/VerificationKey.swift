import CacheCore
import JWTKit

/// A public key of a provider, for one algorithm.
struct VerificationKey: Sendable {
    let keyID: String?
    let algorithm: SignatureAlgorithm
    private let key: any JWTAlgorithm

    private init(keyID: String?, algorithm: SignatureAlgorithm, key: any JWTAlgorithm) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.key = key
    }

    /// Whether a token may have been signed with this key: by the algorithm that the *key* is for, not just any that the
    /// token names.
    func fits(_ token: SignedToken) -> Bool {
        algorithm == token.algorithm && (token.keyID == nil || keyID == nil || token.keyID == keyID)
    }

    func verifies(_ token: SignedToken) -> Bool {
        (try? key.verify(token.signature, signs: token.signedBytes)) ?? false
    }

    /// The most keys of one provider.
    static let limit = 100

    /// The keys of a key set (RFC 7517, 5) that tokens can be checked with. Others are passed over: secrets, keys for
    /// encrypting, kinds that we do not know.
    ///
    /// - Throws: ``OIDCError`` for what is no key set.
    static func keys(of document: JSONValue, at url: String) async throws(OIDCError) -> [VerificationKey] {
        guard let entries = document["keys"]?.array, entries.count <= limit else {
            throw OIDCError("\(url) is no key set, or has more than \(limit) keys")
        }
        var keys: [VerificationKey] = []
        for entry in entries {
            for algorithm in algorithms(of: entry) {
                guard let key = try? await Self.key(of: entry, for: algorithm) else { continue }
                keys.append(VerificationKey(keyID: entry["kid"]?.string, algorithm: algorithm, key: key))
            }
        }
        return keys
    }

    /// What a key is for: the algorithm that it names, else all of its kind.
    private static func algorithms(of entry: JSONValue) -> [SignatureAlgorithm] {
        if let use = entry["use"], use.string != "sig" { return [] }
        if let operations = entry["key_ops"]?.array, !operations.contains(.string("verify")) { return [] }
        let possible: [SignatureAlgorithm] =
            switch (entry["kty"]?.string, entry["crv"]?.string) {
            case ("RSA", _): SignatureAlgorithm.rsa
            case ("EC", "P-256"): [.es256]
            case ("EC", "P-384"): [.es384]
            case ("EC", "P-521"): [.es512]
            case ("OKP", "Ed25519"): [.edDSA]
            default: []
            }
        guard let name = entry["alg"] else { return possible }
        return possible.filter { $0.rawValue == name.string || $0 == .edDSA && name.string == "Ed25519" }
    }

    /// The key for one algorithm. Private halves that a provider should not have published are left out.
    private static func key(of entry: JSONValue, for algorithm: SignatureAlgorithm) async throws -> any JWTAlgorithm {
        let identifier = JWKIdentifier(string: "key")
        let name = JWK.Algorithm(rawValue: algorithm.rawValue)
        let (x, y) = (entry["x"]?.string, entry["y"]?.string)
        let key: JWK
        switch algorithm {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
            let (modulus, exponent) = (entry["n"]?.string, entry["e"]?.string)
            // Larger ones only cost time.
            guard let modulus, let exponent, modulus.utf8.count <= 1400, exponent.utf8.count <= 8 else {
                throw OIDCError("the RSA key cannot be used")
            }
            key = .rsa(name, identifier: identifier, modulus: modulus, exponent: exponent)
        case .es256: key = .ecdsa(name, identifier: identifier, x: x, y: y, curve: .p256)
        case .es384: key = .ecdsa(name, identifier: identifier, x: x, y: y, curve: .p384)
        case .es512: key = .ecdsa(name, identifier: identifier, x: x, y: y, curve: .p521)
        case .edDSA: key = .octetKeyPair(name, identifier: identifier, x: x, y: nil, curve: .ed25519)
        }
        // A collection of its own for each: one of several would fall back to another key, or to the algorithm that the
        // first token has named.
        let collection = JWTKeyCollection()
        try await collection.add(jwk: key)
        return try await collection.getKey(for: identifier)
    }
}

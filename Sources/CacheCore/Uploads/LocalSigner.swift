public import NarKit

/// Signs with secret keys that the process holds.
public struct LocalSigner: NarInfoSigning {
    private let keys: [SecretKey]

    /// Makes a signer.
    /// - Parameter keys: each gives one signature; without any nothing is signed.
    public init(keys: [SecretKey]) {
        self.keys = keys
    }

    /// The public halves of the keys.
    public var publicKeys: [PublicKey] { keys.map(\.publicKey) }

    /// Signs each fingerprint with each key.
    public func signatures(of fingerprints: [String: String]) async throws(CacheError) -> [String: [Signature]] {
        fingerprints.mapValues { fingerprint in keys.map { $0.sign(fingerprint) } }
    }
}

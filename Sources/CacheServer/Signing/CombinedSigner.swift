public import CacheCore
public import NarKit

/// Signs with several signers, each of which gives its signatures.
public struct CombinedSigner: NarInfoSigning {
    private let signers: [any NarInfoSigning]

    /// - Parameter signers: asked one after the other.
    public init(_ signers: [any NarInfoSigning]) {
        self.signers = signers
    }

    /// The public keys of all.
    public var publicKeys: [PublicKey] { signers.flatMap(\.publicKeys) }

    /// Signs each fingerprint with each signer.
    public func signatures(of fingerprints: [String: String]) async throws(CacheError) -> [String: [Signature]] {
        var all: [String: [Signature]] = [:]
        for signer in signers {
            all.merge(try await signer.signatures(of: fingerprints)) { $0 + $1 }
        }
        return all
    }
}

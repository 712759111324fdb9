public import NarKit

/// What signs the narinfos of the cache: secret keys, or a program that holds them.
public protocol NarInfoSigning: Sendable {
    /// The public keys, for clients that ask which to trust.
    var publicKeys: [PublicKey] { get }

    /// Signs fingerprints.
    /// - Parameter fingerprints: by narinfo key.
    /// - Returns: for each key its signatures, one for each key of the server; none where it has none.
    /// - Throws: ``CacheError`` when what holds the keys fails.
    func signatures(of fingerprints: [String: String]) async throws(CacheError) -> [String: [Signature]]
}

import NarKit

/// The SHA-256 of a token, which is all that is kept of it.
///
/// A plain hash is enough: tokens are random and long, so nobody finds one by trying, as one does with passwords.
struct TokenDigest: Hashable, Sendable {
    let bytes: [UInt8]

    /// The digest of a token.
    init(of token: some StringProtocol) {
        bytes = NixHash.sha256(of: Array(token.utf8)).bytes
    }

    /// - Returns: nil for what is not 64 hexadecimal digits.
    init?(hex: String) {
        guard hex.utf8.count == 64, let hash = try? NixHash(parsing: hex, algorithm: .sha256) else { return nil }
        bytes = hash.bytes
    }

    var hex: String {
        (try? NixHash(algorithm: .sha256, bytes: bytes).hex) ?? ""
    }

    /// Whether both are of one token. Every byte is looked at: the time says nothing about where they differ.
    func isEqual(to other: TokenDigest) -> Bool {
        zip(bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

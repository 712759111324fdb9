/// A hash algorithm that Nix knows.
public enum HashAlgorithm: String, Sendable, CaseIterable {
    /// MD5, only for old fixed-output derivations.
    case md5
    /// SHA-1, of git trees and old fixed-output derivations.
    case sha1
    /// SHA-256, which narinfos and store paths use.
    case sha256
    /// SHA-512.
    case sha512

    /// The length of a hash in bytes.
    public var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    init?(utf8 name: Span<UInt8>) {
        guard name.count <= 6, let text = String(ascii: name) else { return nil }
        self.init(rawValue: text)
    }
}

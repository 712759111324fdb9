internal import Crypto

/// A hash with its algorithm, as narinfos, store databases and content addresses carry it.
public struct NixHash: Hashable, Sendable {
    /// The algorithm.
    public let algorithm: HashAlgorithm
    /// The digest, as many bytes as the algorithm has.
    public let bytes: [UInt8]

    /// Makes a hash of a digest.
    ///
    /// - Parameters:
    ///   - algorithm: The algorithm.
    ///   - bytes: The digest.
    /// - Throws: ``NarKitError`` with the code `invalidHash` when the digest is not as long as the algorithm's.
    public init(algorithm: HashAlgorithm, bytes: some Collection<UInt8>) throws(NarKitError) {
        guard bytes.count == algorithm.byteCount else {
            throw NarKitError(
                .invalidHash,
                "A digest of \(bytes.count) bytes is not a \(algorithm.rawValue) hash: it must have "
                    + "\(algorithm.byteCount) bytes.")
        }
        self.algorithm = algorithm
        self.bytes = Array(bytes)
    }

    /// Makes a hash of a finished SHA-256 computation.
    init(_ digest: SHA256.Digest) {
        algorithm = .sha256
        bytes = Array(digest)
    }

    /// For bytes whose number is known to fit.
    init(unchecked bytes: [UInt8], algorithm: HashAlgorithm) {
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// The SHA-256 hash of bytes that are all in memory; ``SHA256Hasher`` takes them in pieces.
    ///
    /// - Parameter bytes: What is hashed.
    public static func sha256(of bytes: some Collection<UInt8>) -> NixHash {
        let digest =
            bytes.withContiguousStorageIfAvailable { buffer in
                SHA256.hash(bytes: UnsafeRawBufferPointer(buffer))
            } ?? Array(bytes).withUnsafeBytes { SHA256.hash(bytes: $0) }
        return NixHash(digest)
    }

    /// The digest in nix32, without the algorithm.
    public var nix32: String { Nix32.encode(bytes) }

    /// The digest in lower-case hexadecimal, without the algorithm.
    public var hex: String { Hexadecimal.encode(bytes) }

    /// The digest in padded base 64, without the algorithm.
    public var base64: String { Base64.encode(bytes) }

    /// The hash as subresource integrity, such as `sha256-…` with base 64.
    public var sri: String { "\(algorithm.rawValue)-\(base64)" }
}

extension NixHash: CustomStringConvertible {
    /// The hash as narinfos write it, such as `sha256:…` with nix32.
    public var description: String { algorithm.rawValue + ":" + nix32 }
}

extension SHA256 {
    fileprivate static func hash(bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        return hasher.finalize()
    }
}

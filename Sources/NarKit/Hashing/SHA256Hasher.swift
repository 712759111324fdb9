internal import Crypto

/// SHA-256 of bytes that come in pieces.
public struct SHA256Hasher: Sendable {
    private var state = SHA256()

    /// How many bytes have been hashed so far.
    public private(set) var byteCount: UInt64 = 0

    /// Starts with no bytes.
    public init() {}

    /// Adds bytes.
    ///
    /// - Parameter bytes: The next piece.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Adds bytes.
    ///
    /// - Parameter bytes: The next piece, only read during the call.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state.update(bufferPointer: bytes)
        byteCount += UInt64(bytes.count)
    }

    /// The hash of everything added; more can be added afterwards.
    public func finalized() -> NixHash {
        NixHash(state.finalize())
    }
}

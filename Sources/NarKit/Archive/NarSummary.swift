/// What is known of a NAR once it has been dumped or read to its end.
public struct NarSummary: Sendable, Hashable {
    /// The bytes of the uncompressed NAR.
    public var narSize: UInt64
    /// The SHA-256 hash of the uncompressed NAR; nil when it was not asked for.
    public var narHash: NixHash?
    /// What is in the NAR; nil when it was not asked for.
    public var listing: NarListing?
    /// The bytes that came out: of the compressed NAR, or of the NAR when it was not compressed.
    public var compressedSize: UInt64
}

/// What a binary cache says about a store path: where its NAR is, what it refers to, and who vouches for it.
///
/// The format is described under "Binary cache" and `.narinfo` in the Nix manual. Values made by hand are not checked;
/// ``validate()`` does that, and parsing yields only values that pass it.
public struct NarInfo: Hashable, Sendable {
    /// The store path.
    public var storePath: StorePath
    /// The directory that the store path and its references lie in.
    public var storeDirectory: StoreDirectory
    /// Where the NAR is, relative to the root of the cache, such as `nar/….nar.zst`.
    public var url: String
    /// How the NAR is compressed: `none`, `zstd`, `xz`, `bzip2`, or a name that this library does not know.
    public var compression: String
    /// The hash of the compressed NAR, where known.
    public var fileHash: NixHash?
    /// The size of the compressed NAR in bytes, where known.
    public var fileSize: UInt64?
    /// The SHA-256 hash of the NAR.
    public var narHash: NixHash
    /// The size of the NAR in bytes.
    public var narSize: UInt64
    /// The store paths that this one refers to, possibly itself among them. They are written in order, each once.
    public var references: [StorePath]
    /// The derivation that made the store path, where known.
    public var deriver: StorePath?
    /// The system it was made for, where known.
    public var system: String?
    /// The signatures of ``fingerprint``. They are written in order, each once.
    public var signatures: [Signature]
    /// How the content determines the store path, where it does.
    public var contentAddress: ContentAddress?

    /// Makes a narinfo.
    ///
    /// - Parameters:
    ///   - storePath: The store path.
    ///   - storeDirectory: The directory that the store path and its references lie in.
    ///   - url: Where the NAR is, relative to the root of the cache.
    ///   - compression: How the NAR is compressed.
    ///   - fileHash: The hash of the compressed NAR.
    ///   - fileSize: The size of the compressed NAR in bytes.
    ///   - narHash: The SHA-256 hash of the NAR.
    ///   - narSize: The size of the NAR in bytes, more than 0.
    ///   - references: The store paths that this one refers to.
    ///   - deriver: The derivation that made the store path.
    ///   - system: The system it was made for.
    ///   - signatures: The signatures of the fingerprint.
    ///   - contentAddress: How the content determines the store path.
    public init(
        storePath: StorePath, storeDirectory: StoreDirectory = .standard, url: String, compression: String,
        fileHash: NixHash? = nil, fileSize: UInt64? = nil, narHash: NixHash, narSize: UInt64,
        references: [StorePath] = [], deriver: StorePath? = nil, system: String? = nil, signatures: [Signature] = [],
        contentAddress: ContentAddress? = nil
    ) {
        self.storePath = storePath
        self.storeDirectory = storeDirectory
        self.url = url
        self.compression = compression
        self.fileHash = fileHash
        self.fileSize = fileSize
        self.narHash = narHash
        self.narSize = narSize
        self.references = references
        self.deriver = deriver
        self.system = system
        self.signatures = signatures
        self.contentAddress = contentAddress
    }
}

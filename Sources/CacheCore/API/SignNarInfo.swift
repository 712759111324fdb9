/// The fields of a narinfo that is to be signed.
public struct SignNarInfo: Hashable, Sendable, Codable {
    /// The full store path.
    public var storePath: String
    /// The key of the NAR, relative to the cache.
    public var url: String
    /// How the NAR is compressed: `none`, `zstd`, `xz` or `bzip2`.
    public var compression: String
    /// The hash of the uncompressed NAR, in any of Nix's spellings.
    public var narHash: String
    /// The size of the uncompressed NAR in bytes.
    public var narSize: UInt64
    /// Full store paths. On the wire it may be null.
    public var references: [String]
    /// The store path of the derivation.
    public var deriver: String?
    /// Signatures the path has already, `name:base64`.
    public var signatures: [String]?
    /// The content address.
    public var ca: String?

    /// Makes the fields of a narinfo.
    public init(
        storePath: String, url: String, compression: String, narHash: String, narSize: UInt64, references: [String],
        deriver: String? = nil, signatures: [String]? = nil, ca: String? = nil
    ) {
        self.storePath = storePath
        self.url = url
        self.compression = compression
        self.narHash = narHash
        self.narSize = narSize
        self.references = references
        self.deriver = deriver
        self.signatures = signatures
        self.ca = ca
    }

    private enum CodingKeys: String, CodingKey {
        case url, compression, references, deriver, signatures, ca
        case storePath = "store_path"
        case narHash = "nar_hash"
        case narSize = "nar_size"
    }

    /// Decodes the fields; references may be null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        storePath = try container.decode(String.self, forKey: .storePath)
        url = try container.decode(String.self, forKey: .url)
        compression = try container.decodeIfPresent(String.self, forKey: .compression) ?? ""
        narHash = try container.decode(String.self, forKey: .narHash)
        narSize = try container.decode(UInt64.self, forKey: .narSize)
        references = try container.decodeIfPresent([String].self, forKey: .references) ?? []
        deriver = try container.decodeIfPresent(String.self, forKey: .deriver)
        signatures = try container.decodeIfPresent([String].self, forKey: .signatures)
        ca = try container.decodeIfPresent(String.self, forKey: .ca)
    }
}

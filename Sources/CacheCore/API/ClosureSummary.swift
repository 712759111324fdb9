/// A closure in the answer to `GET /api/closures`.
public struct ClosureSummary: Codable, Hashable, Sendable {
    /// The key of the top narinfo.
    public var id: String
    /// The store path of its top; nil when its narinfo cannot be read.
    public var storePath: String?
    /// When it was last pushed or found present.
    public var updatedAt: Timestamp
    /// The size of all objects it keeps, as they are stored, in bytes.
    public var bytes: Int64

    /// Makes a summary.
    public init(id: String, storePath: String?, updatedAt: Timestamp, bytes: Int64) {
        self.id = id
        self.storePath = storePath
        self.updatedAt = updatedAt
        self.bytes = bytes
    }

    private enum CodingKeys: String, CodingKey {
        case id, bytes
        case storePath = "store_path"
        case updatedAt = "updated_at"
    }
}

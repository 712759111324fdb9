/// A name for a closure, which therefore does not expire: an element of the answer to `GET /api/pins`.
public struct Pin: Codable, Hashable, Sendable {
    /// The name.
    public var name: String
    /// The store path of the closure's top.
    public var storePath: String
    /// When the name was first given.
    public var createdAt: Timestamp
    /// When it was last given.
    public var updatedAt: Timestamp
    /// When it ends; nil for never.
    public var expiresAt: Timestamp?

    /// Makes a pin.
    public init(
        name: String, storePath: String, createdAt: Timestamp, updatedAt: Timestamp, expiresAt: Timestamp? = nil
    ) {
        self.name = name
        self.storePath = storePath
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.expiresAt = expiresAt
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case storePath = "store_path"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case expiresAt = "expires_at"
    }
}

/// The answer to `GET /api/pins`.
extension [Pin]: APIMessage {}

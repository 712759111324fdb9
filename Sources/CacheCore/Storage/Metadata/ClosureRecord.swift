/// A root, as it is listed.
public struct ClosureRecord: Hashable, Sendable {
    /// The key of the top narinfo.
    public var key: String
    /// The store path of its top; nil while nobody has read it from the narinfo.
    public var storePath: String?
    /// When it was last pushed or found present.
    public var updatedAt: Timestamp

    /// Makes the description.
    public init(key: String, storePath: String?, updatedAt: Timestamp) {
        self.key = key
        self.storePath = storePath
        self.updatedAt = updatedAt
    }
}

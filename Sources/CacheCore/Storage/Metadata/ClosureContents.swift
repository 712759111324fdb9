/// A root and what it keeps.
public struct ClosureContents: Hashable, Sendable {
    /// The key of the top narinfo.
    public var key: String
    /// When it was last pushed or found present.
    public var updatedAt: Timestamp
    /// The keys of all objects it reaches, and of its extras, sorted.
    public var objects: [String]

    /// Makes the description.
    public init(key: String, updatedAt: Timestamp, objects: [String]) {
        self.key = key
        self.updatedAt = updatedAt
        self.objects = objects
    }
}

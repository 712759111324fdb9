/// The answer to `GET /api/closures/{key}`.
public struct ClosureResponse: APIMessage, Hashable {
    /// The key of the top narinfo.
    public var id: String
    /// When it was last pushed or found present.
    public var updatedAt: Timestamp
    /// The keys of all objects it keeps, sorted.
    public var objects: [String]

    /// Makes an answer.
    public init(id: String, updatedAt: Timestamp, objects: [String]) {
        self.id = id
        self.updatedAt = updatedAt
        self.objects = objects
    }

    private enum CodingKeys: String, CodingKey {
        case id, objects
        case updatedAt = "updated_at"
    }
}

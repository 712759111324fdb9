/// The answer to a create request: what has to be uploaded, and where.
public struct CreateUploadResponse: APIMessage, Hashable {
    /// The id of the upload, decimal digits.
    public var id: String
    /// When it began.
    public var startedAt: Timestamp
    /// By key; what is not named here needs no upload.
    public var pendingObjects: [String: PendingObject]

    /// Makes an answer.
    public init(id: String, startedAt: Timestamp, pendingObjects: [String: PendingObject]) {
        self.id = id
        self.startedAt = startedAt
        self.pendingObjects = pendingObjects
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case startedAt = "started_at"
        case pendingObjects = "pending_objects"
    }

    /// Decodes an answer; pending objects may be null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        startedAt = try container.decode(Timestamp.self, forKey: .startedAt)
        pendingObjects = try container.decodeIfPresent([String: PendingObject].self, forKey: .pendingObjects) ?? [:]
    }
}

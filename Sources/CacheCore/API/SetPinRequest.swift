/// The body of `POST /api/pins/{name}`.
public struct SetPinRequest: APIMessage, Hashable {
    /// The store path of the closure's top.
    public var storePath: String
    /// When the pin ends; nil for never.
    public var expiresAt: Timestamp?
    /// How many of the closures that had the name last stay, this one included; nil for this one only.
    public var keep: Int?

    /// Makes a request.
    public init(storePath: String, expiresAt: Timestamp? = nil, keep: Int? = nil) {
        self.storePath = storePath
        self.expiresAt = expiresAt
        self.keep = keep
    }

    private enum CodingKeys: String, CodingKey {
        case keep
        case storePath = "store_path"
        case expiresAt = "expires_at"
    }
}

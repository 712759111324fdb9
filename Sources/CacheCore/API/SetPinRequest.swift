/// The body of `POST /api/pins/{name}`.
public struct SetPinRequest: APIMessage, Hashable {
    /// The store path of the closure's top.
    public var storePath: String

    /// Makes a request.
    public init(storePath: String) {
        self.storePath = storePath
    }

    private enum CodingKeys: String, CodingKey {
        case storePath = "store_path"
    }
}

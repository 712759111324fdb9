/// The body of `POST /api/objects/uploaded`: single PUTs were answered.
public struct UploadedRequest: APIMessage, Hashable {
    /// Keys of NARs.
    public var keys: [String]

    /// Makes a request.
    public init(keys: [String]) {
        self.keys = keys
    }

    /// Decodes a request; absent or null keys are none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        keys = try container.decodeIfPresent([String].self, forKey: .keys) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case keys
    }
}

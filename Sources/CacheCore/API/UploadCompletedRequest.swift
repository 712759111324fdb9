/// The body of `POST /api/uploads/complete`: a single PUT was answered.
public struct UploadCompletedRequest: APIMessage, Hashable {
    /// The key of the object that was uploaded.
    public var objectKey: String

    /// Makes a request.
    public init(objectKey: String) {
        self.objectKey = objectKey
    }

    private enum CodingKeys: String, CodingKey {
        case objectKey = "object_key"
    }

    /// Decodes a request; an absent key is empty, and the service says so.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        objectKey = try container.decodeIfPresent(String.self, forKey: .objectKey) ?? ""
    }
}

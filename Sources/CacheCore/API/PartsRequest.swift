/// The body of `POST /api/multipart/request-parts`.
public struct PartsRequest: APIMessage, Hashable {
    /// The key of the NAR.
    public var objectKey: String
    /// The id of the multipart upload.
    public var uploadID: String
    /// The number of the first part wanted, from 1.
    public var startPartNumber: Int
    /// How many URLs are wanted, 1 to 1000.
    public var partCount: Int

    /// Makes a request.
    public init(objectKey: String, uploadID: String, startPartNumber: Int, partCount: Int) {
        self.objectKey = objectKey
        self.uploadID = uploadID
        self.startPartNumber = startPartNumber
        self.partCount = partCount
    }

    private enum CodingKeys: String, CodingKey {
        case objectKey = "object_key"
        case uploadID = "upload_id"
        case startPartNumber = "start_part_number"
        case partCount = "num_parts"
    }

    /// Decodes a request; whatever is absent is empty or 0, and the service says what is missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        objectKey = try container.decodeIfPresent(String.self, forKey: .objectKey) ?? ""
        uploadID = try container.decodeIfPresent(String.self, forKey: .uploadID) ?? ""
        startPartNumber = try container.decodeIfPresent(Int.self, forKey: .startPartNumber) ?? 0
        partCount = try container.decodeIfPresent(Int.self, forKey: .partCount) ?? 0
    }
}

/// The body of `POST /api/multipart/complete`.
public struct CompleteMultipartRequest: APIMessage, Hashable {
    /// A part that was uploaded.
    public struct Part: Hashable, Sendable, Codable {
        /// The number of the part, from 1.
        public var partNumber: Int
        /// The ETag the object store answered with, with or without quotes.
        public var etag: String

        /// Makes a part.
        public init(partNumber: Int, etag: String) {
            self.partNumber = partNumber
            self.etag = etag
        }

        private enum CodingKeys: String, CodingKey {
            case partNumber = "part_number"
            case etag
        }
    }

    /// The key of the NAR.
    public var objectKey: String
    /// The id of the multipart upload.
    public var uploadID: String
    /// The parts, in any order.
    public var parts: [Part]

    /// Makes a request.
    public init(objectKey: String, uploadID: String, parts: [Part]) {
        self.objectKey = objectKey
        self.uploadID = uploadID
        self.parts = parts
    }

    private enum CodingKeys: String, CodingKey {
        case objectKey = "object_key"
        case uploadID = "upload_id"
        case parts
    }

    /// Decodes a request; whatever is absent is empty, and the service says what is missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        objectKey = try container.decodeIfPresent(String.self, forKey: .objectKey) ?? ""
        uploadID = try container.decodeIfPresent(String.self, forKey: .uploadID) ?? ""
        parts = try container.decodeIfPresent([Part].self, forKey: .parts) ?? []
    }
}

/// A multipart upload that was begun for an object.
public struct MultipartInfo: Hashable, Sendable, Codable {
    /// The id the object store gave it.
    public var uploadID: String
    /// URLs of the parts 1, 2, …
    public var partURLs: [String]

    /// Makes the description of a multipart upload.
    public init(uploadID: String, partURLs: [String]) {
        self.uploadID = uploadID
        self.partURLs = partURLs
    }

    private enum CodingKeys: String, CodingKey {
        case uploadID = "upload_id"
        case partURLs = "part_urls"
    }
}

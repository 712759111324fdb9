/// Where one object is to be uploaded: exactly one of the two ways is given.
public struct PendingObject: Hashable, Sendable, Codable {
    /// What the object is.
    public var type: ObjectType
    /// The URL for a single PUT.
    public var presignedURL: String?
    /// The multipart upload that was begun for it.
    public var multipart: MultipartInfo?

    /// Makes a place for a single PUT.
    public init(type: ObjectType, presignedURL: String) {
        self.type = type
        self.presignedURL = presignedURL
    }

    /// Makes a place for a multipart upload.
    public init(type: ObjectType, multipart: MultipartInfo) {
        self.type = type
        self.multipart = multipart
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case presignedURL = "presigned_url"
        case multipart = "multipart_info"
    }
}

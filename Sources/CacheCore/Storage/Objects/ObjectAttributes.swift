/// What an object store says about an object.
public struct ObjectAttributes: Sendable, Hashable {
    /// The size in bytes.
    public var size: Int64
    /// The ETag without quotes.
    public var etag: String
    /// When the object was last written.
    public var lastModified: Timestamp
    /// The Content-Type it was written with.
    public var contentType: String?
    /// The Content-Encoding it was written with, also where the store gives it back as metadata.
    public var contentEncoding: String?

    /// Makes attributes.
    public init(
        size: Int64, etag: String, lastModified: Timestamp, contentType: String? = nil, contentEncoding: String? = nil
    ) {
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
        self.contentType = contentType
        self.contentEncoding = contentEncoding
    }
}

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What the head of an answer says about an object.
public struct S3ObjectAttributes: Hashable, Sendable {
    /// The size of the whole object in bytes.
    public var size: Int64

    /// The entity tag, without quotes. Empty where the service says none.
    public var etag: String

    /// When the object was written, where the service says so.
    public var lastModified: Date?

    /// What the object is.
    public var contentType: String?

    /// How the object's bytes are encoded, such as `zstd`.
    public var contentEncoding: String?

    /// What the writer added, by names in small letters without `x-amz-meta-`.
    public var metadata: [String: String]

    /// Makes attributes.
    public init(
        size: Int64, etag: String, lastModified: Date? = nil, contentType: String? = nil,
        contentEncoding: String? = nil, metadata: [String: String] = [:]
    ) {
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.metadata = metadata
    }
}

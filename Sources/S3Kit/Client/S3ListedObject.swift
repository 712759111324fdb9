#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An object as a listing shows it.
public struct S3ListedObject: Hashable, Sendable {
    /// The object's key.
    public var key: String

    /// The object's size in bytes.
    public var size: Int64

    /// The entity tag, without quotes. Empty where the service says none.
    public var etag: String

    /// When the object was written, where the service says so.
    public var lastModified: Date?

    /// Makes an entry of a listing.
    public init(key: String, size: Int64, etag: String, lastModified: Date?) {
        self.key = key
        self.size = size
        self.etag = etag
        self.lastModified = lastModified
    }
}

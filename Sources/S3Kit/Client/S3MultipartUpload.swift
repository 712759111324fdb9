#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A multipart upload that is neither complete nor aborted.
public struct S3MultipartUpload: Hashable, Sendable {
    /// The key that the object will have.
    public var key: String

    /// The upload's identifier.
    public var uploadID: String

    /// When the upload was begun, where the service says so.
    public var initiated: Date?

    /// Makes an entry of a listing.
    public init(key: String, uploadID: String, initiated: Date?) {
        self.key = key
        self.uploadID = uploadID
        self.initiated = initiated
    }
}

/// A part of the listing of a bucket's multipart uploads.
public struct S3MultipartPage: Hashable, Sendable {
    /// Where a listing goes on.
    public struct Marker: Hashable, Sendable {
        /// The key of the last upload listed; empty with services that go by the identifier alone.
        public var key: String

        /// The identifier of the last upload listed.
        public var uploadID: String

        /// Makes a marker.
        public init(key: String, uploadID: String) {
            self.key = key
            self.uploadID = uploadID
        }
    }

    /// The uploads, by key.
    public var uploads: [S3MultipartUpload]

    /// What continues the listing, or `nil` at its end.
    public var next: Marker?

    /// Makes a page.
    public init(uploads: [S3MultipartUpload] = [], next: Marker? = nil) {
        self.uploads = uploads
        self.next = next
    }
}

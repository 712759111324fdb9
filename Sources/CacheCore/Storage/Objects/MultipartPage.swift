/// A page of the multipart uploads that are under way in a store.
public struct MultipartPage: Sendable, Hashable {
    /// A multipart upload that is under way.
    public struct Entry: Sendable, Hashable {
        /// The key of the object.
        public var key: String
        /// The store's id of the upload.
        public var uploadID: String
        /// When it was begun.
        public var initiated: Timestamp

        /// Makes an entry.
        public init(key: String, uploadID: String, initiated: Timestamp) {
            self.key = key
            self.uploadID = uploadID
            self.initiated = initiated
        }
    }

    /// Where a page ended; the next one begins after it.
    public struct Marker: Sendable, Hashable {
        /// The key of the last entry.
        public var key: String
        /// Its upload id.
        public var uploadID: String

        /// Makes a marker.
        public init(key: String, uploadID: String) {
            self.key = key
            self.uploadID = uploadID
        }
    }

    /// Uploads in byte order of their keys.
    public var uploads: [Entry]
    /// Where to go on; nil after the last page.
    public var next: Marker?

    /// Makes a page.
    public init(uploads: [Entry], next: Marker?) {
        self.uploads = uploads
        self.next = next
    }
}

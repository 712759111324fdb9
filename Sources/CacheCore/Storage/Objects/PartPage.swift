/// A page of the parts of a multipart upload.
public struct PartPage: Sendable, Hashable {
    /// A part that the store has.
    public struct Entry: Sendable, Hashable {
        /// The number of the part.
        public var partNumber: Int
        /// Its ETag without quotes.
        public var etag: String
        /// Its size in bytes.
        public var size: Int64

        /// Makes an entry.
        public init(partNumber: Int, etag: String, size: Int64) {
            self.partNumber = partNumber
            self.etag = etag
            self.size = size
        }
    }

    /// Parts in order of their numbers.
    public var parts: [Entry]
    /// Whether there are more after the last of them.
    public var hasMore: Bool

    /// Makes a page.
    public init(parts: [Entry], hasMore: Bool) {
        self.parts = parts
        self.hasMore = hasMore
    }
}

/// A page of a listing.
public struct ObjectPage: Sendable, Hashable {
    /// A listed object.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public var key: String
        /// The size in bytes.
        public var size: Int64
        /// When it was last written.
        public var lastModified: Timestamp

        /// Makes an entry.
        public init(key: String, size: Int64, lastModified: Timestamp) {
            self.key = key
            self.size = size
            self.lastModified = lastModified
        }
    }

    /// Objects in byte order of their keys.
    public var objects: [Entry]
    /// Whether there are more after the last of them.
    public var hasMore: Bool

    /// Makes a page.
    public init(objects: [Entry], hasMore: Bool) {
        self.objects = objects
        self.hasMore = hasMore
    }
}

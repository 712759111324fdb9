/// What a collection would do now: the answer to one with `dry_run=true`.
public struct GCPlanResponse: APIMessage, Hashable {
    /// An object that would go.
    public struct Object: Codable, Hashable, Sendable {
        /// Its key.
        public var key: String
        /// Its size in bytes, as stored.
        public var size: Int64

        /// Makes a description.
        public init(key: String, size: Int64) {
            self.key = key
            self.size = size
        }
    }

    /// A closure that would go.
    public struct Closure: Codable, Hashable, Sendable {
        /// The key of its top narinfo.
        public var id: String
        /// When it was last pushed.
        public var updatedAt: Timestamp

        /// Makes a description.
        public init(id: String, updatedAt: Timestamp) {
            self.id = id
            self.updatedAt = updatedAt
        }

        private enum CodingKeys: String, CodingKey {
            case id
            case updatedAt = "updated_at"
        }
    }

    /// What it would count.
    public var stats: GCStatistics
    /// The bytes of all that no closure and no upload would keep: freed now, or once they were spared long enough.
    public var bytes: Int64
    /// The largest of these objects, the largest first.
    public var largest: [Object]
    /// The oldest of the closures that would go, the oldest first.
    public var oldest: [Closure]

    /// Makes an answer.
    public init(stats: GCStatistics, bytes: Int64, largest: [Object], oldest: [Closure]) {
        self.stats = stats
        self.bytes = bytes
        self.largest = largest
        self.oldest = oldest
    }
}

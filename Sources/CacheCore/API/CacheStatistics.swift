/// What the cache holds: the answer to `GET /api/cache-stats`.
public struct CacheStatistics: APIMessage, Hashable {
    /// How many objects are there.
    public var objects: Int64
    /// How many bytes they have, as stored.
    public var logicalBytes: Int64

    /// Makes an answer.
    public init(objects: Int64, logicalBytes: Int64) {
        self.objects = objects
        self.logicalBytes = logicalBytes
    }

    private enum CodingKeys: String, CodingKey {
        case objects
        case logicalBytes = "logical_bytes"
    }
}

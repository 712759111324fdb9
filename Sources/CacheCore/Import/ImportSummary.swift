/// What an import has done so far.
public struct ImportSummary: Codable, Hashable, Sendable {
    /// How many narinfos of the bucket were looked at.
    public var scanned: Int64 = 0
    /// How many narinfos are in the cache now that were not before.
    public var narInfos: Int64 = 0
    /// How many closures were made.
    public var closures: Int64 = 0
    /// How many of them, or of the other server's closures, were in the cache before.
    public var present: Int64 = 0
    /// How many narinfos could not be taken.
    public var refused: Int64 = 0
    /// How many pins were taken over.
    public var pins: Int64 = 0
    /// How many unfinished uploads were taken over.
    public var uploads: Int64 = 0
    /// How many objects are left to the next collection to delete.
    public var garbage: Int64 = 0

    /// Makes the summary of an import that has done nothing yet.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case scanned, closures, present, refused, pins, uploads, garbage
        case narInfos = "narinfos"
    }
}

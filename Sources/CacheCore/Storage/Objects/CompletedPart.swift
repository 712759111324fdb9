/// A part of a multipart upload that the object store has.
public struct CompletedPart: Sendable, Hashable {
    /// The number of the part, 1 to 10,000.
    public var partNumber: Int
    /// Its ETag without quotes.
    public var etag: String

    /// Makes a part.
    public init(partNumber: Int, etag: String) {
        self.partNumber = partNumber
        self.etag = etag
    }
}

/// A part of a multipart upload that the service holds.
public struct S3Part: Hashable, Sendable {
    /// 1…10,000
    public var number: Int

    /// The entity tag, without quotes.
    public var etag: String

    /// The part's size in bytes.
    public var size: Int64

    /// Makes a part.
    ///
    /// - Parameters:
    ///   - number: 1…10,000
    ///   - etag: the entity tag that came with the answer to the upload, with or without quotes.
    ///   - size: the size in bytes; completing an upload does not need it.
    public init(number: Int, etag: String, size: Int64 = 0) {
        self.number = number
        self.etag = S3ETag.unquoted(etag)
        self.size = size
    }
}

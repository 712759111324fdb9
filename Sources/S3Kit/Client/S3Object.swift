public import CurlKit

/// An object, or a part of one, whose bytes come as they are read.
public struct S3Object: Sendable {
    /// What the head says about the whole object.
    public let attributes: S3ObjectAttributes

    /// Which bytes of the object the body holds.
    public let range: Range<Int64>

    /// The bytes. Reading them may throw an `HTTPError`.
    public let body: HTTPResponseBody
}

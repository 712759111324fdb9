/// A part of a bucket's listing.
public struct S3ObjectPage: Hashable, Sendable {
    /// The objects, in the order of their keys' bytes.
    public var objects: [S3ListedObject]

    /// What the delimiter folded: each prefix once, the delimiter at its end.
    public var commonPrefixes: [String]

    /// What continues the listing, or `nil` at its end.
    public var continuationToken: String?

    /// Makes a page.
    public init(objects: [S3ListedObject] = [], commonPrefixes: [String] = [], continuationToken: String? = nil) {
        self.objects = objects
        self.commonPrefixes = commonPrefixes
        self.continuationToken = continuationToken
    }
}

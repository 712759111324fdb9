/// A piece of the listing of a multipart upload's parts.
public struct S3PartPage: Hashable, Sendable {
    /// The parts, by number.
    public var parts: [S3Part]

    /// The number after which the listing goes on, or `nil` at its end.
    public var next: Int?

    /// Makes a page.
    public init(parts: [S3Part] = [], next: Int? = nil) {
        self.parts = parts
        self.next = next
    }
}

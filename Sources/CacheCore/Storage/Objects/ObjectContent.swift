/// Bytes of an object.
public struct ObjectContent: Sendable {
    /// The attributes of the whole object.
    public var attributes: ObjectAttributes
    /// Which of its bytes ``body`` gives.
    public var range: Range<Int64>
    /// The bytes, in chunks; iterated once.
    public var body: any AsyncSequence<[UInt8], any Error> & Sendable

    /// Makes the content.
    public init(
        attributes: ObjectAttributes, range: Range<Int64>, body: any AsyncSequence<[UInt8], any Error> & Sendable
    ) {
        self.attributes = attributes
        self.range = range
        self.body = body
    }
}

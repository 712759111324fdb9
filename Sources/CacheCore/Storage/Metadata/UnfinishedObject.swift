/// A listed object that was not live when an upload was to be completed.
public struct UnfinishedObject: Hashable, Sendable {
    /// The object.
    public var id: ObjectID
    /// Its key.
    public var key: ObjectKey
    /// The size of the NAR in bytes before compression; nil when it is not known or no NAR.
    public var narSize: Int64?
    /// Whether the upload has a text for it that was not read from staging.
    public var hasText: Bool

    /// Makes the description.
    public init(id: ObjectID, key: ObjectKey, narSize: Int64?, hasText: Bool) {
        self.id = id
        self.key = key
        self.narSize = narSize
        self.hasText = hasText
    }
}

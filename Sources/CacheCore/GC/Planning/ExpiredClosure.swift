/// A closure that a plan does not keep.
public struct ExpiredClosure: Hashable, Sendable {
    /// The closure's top narinfo.
    public var object: ObjectID
    /// When it was last pushed.
    public var updatedAt: Timestamp

    /// Makes the description.
    public init(object: ObjectID, updatedAt: Timestamp) {
        self.object = object
        self.updatedAt = updatedAt
    }
}

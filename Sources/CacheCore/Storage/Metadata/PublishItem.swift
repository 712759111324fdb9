/// A narinfo or realisation that a publishing upload has to write.
public struct PublishItem: Hashable, Sendable {
    /// The object.
    public var id: ObjectID
    /// Its key.
    public var key: ObjectKey
    /// What it refers to; only what is published by the same upload matters.
    public var refs: [ObjectID]

    /// Makes an item.
    public init(id: ObjectID, key: ObjectKey, refs: [ObjectID]) {
        self.id = id
        self.key = key
        self.refs = refs
    }
}

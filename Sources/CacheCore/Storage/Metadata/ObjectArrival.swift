/// An object that was seen in the bucket while an upload claimed it.
public struct ObjectArrival: Hashable, Sendable {
    /// The object.
    public var id: ObjectID
    /// Its size in bytes, as stored.
    public var size: Int64

    /// Makes an arrival.
    public init(id: ObjectID, size: Int64) {
        self.id = id
        self.size = size
    }
}

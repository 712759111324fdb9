/// An object's row, as far as a collection goes by it.
public struct GCObject: Hashable, Sendable {
    /// The object's number.
    public var id: ObjectID
    /// Its state.
    public var state: ObjectState
    /// Its size in bytes, as stored; 0 while it is not known.
    public var size: Int64
    /// When it was condemned; nil in another state.
    public var condemnedAt: Timestamp?
    /// Until when a client's request may still create it.
    public var writableUntil: Timestamp
    /// Until when a request of the server's own may still change it.
    public var busyUntil: Timestamp

    /// Makes a row.
    public init(
        id: ObjectID, state: ObjectState, size: Int64, condemnedAt: Timestamp? = nil,
        writableUntil: Timestamp = Timestamp(microseconds: 0), busyUntil: Timestamp = Timestamp(microseconds: 0)
    ) {
        self.id = id
        self.state = state
        self.size = size
        self.condemnedAt = condemnedAt
        self.writableUntil = writableUntil
        self.busyUntil = busyUntil
    }
}

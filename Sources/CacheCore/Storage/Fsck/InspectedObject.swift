/// An object's row with what it refers to, as a check of the cache sees it.
public struct InspectedObject: Hashable, Sendable {
    /// Something that an object refers to.
    public struct Reference: Hashable, Sendable {
        /// The number that the refs hold.
        public var id: ObjectID
        /// The key of its row; nil where there is no row.
        public var key: ObjectKey?
        /// The state of its row.
        public var state: ObjectState?

        /// Makes a reference.
        public init(id: ObjectID, key: ObjectKey? = nil, state: ObjectState? = nil) {
            self.id = id
            self.key = key
            self.state = state
        }
    }

    /// The object's number.
    public var id: ObjectID
    /// Its key.
    public var key: ObjectKey
    /// Its state.
    public var state: ObjectState
    /// Its size in bytes, as stored; nil where it was never seen.
    public var size: Int64?
    /// Until when a request of the server's own may still change it.
    public var busyUntil: Timestamp
    /// What it refers to, in the order of the row.
    public var refs: [Reference]
    /// When the row was read.
    public var instant: Timestamp

    /// Makes a row.
    public init(
        id: ObjectID, key: ObjectKey, state: ObjectState, size: Int64?, busyUntil: Timestamp, refs: [Reference],
        instant: Timestamp
    ) {
        self.id = id
        self.key = key
        self.state = state
        self.size = size
        self.busyUntil = busyUntil
        self.refs = refs
        self.instant = instant
    }
}

/// An object that an upload does not claim and that references lead to.
public struct ResolvedObject: Hashable, Sendable {
    /// The object's number.
    public var id: ObjectID
    /// Its key.
    public var key: ObjectKey
    /// Its state.
    public var state: ObjectState
    /// What it is known to refer to.
    public var refs: [ObjectID]
    /// Whether an upload is publishing it.
    public var isBeingPublished: Bool

    /// Makes a resolved object.
    public init(id: ObjectID, key: ObjectKey, state: ObjectState, refs: [ObjectID] = [], isBeingPublished: Bool = false)
    {
        self.id = id
        self.key = key
        self.state = state
        self.refs = refs
        self.isBeingPublished = isBeingPublished
    }

    /// Whether it is there, or certainly will be.
    var isThere: Bool { state.isPresent || isBeingPublished }
}

/// What completing an upload changes.
public struct CompletionPlan: Hashable, Sendable {
    /// The refs of an object, as they are to be written.
    public struct Refs: Hashable, Sendable {
        /// The object.
        public var object: ObjectID
        /// All its references.
        public var refs: [ObjectID]

        /// Makes refs.
        public init(object: ObjectID, refs: [ObjectID]) {
            self.object = object
            self.refs = refs
        }
    }

    /// Objects whose refs change.
    public var refs: [Refs] = []
    /// Condemned objects that are reached: they become live.
    public var revived: [ObjectID] = []
    /// Objects that are reached and not claimed yet.
    public var claimed: [ObjectID] = []
    /// What has to be written before the upload can be committed.
    public var published: [PublishItem] = []
    /// What the roots keep although nothing references it.
    public var extras: [ObjectID] = []

    /// Makes an empty plan.
    public init() {}
}

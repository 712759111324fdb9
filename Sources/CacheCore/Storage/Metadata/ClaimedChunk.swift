/// What became of a chunk of objects that an upload wanted to claim.
public struct ClaimedChunk: Hashable, Sendable {
    /// An object and what the upload has to do about it.
    public struct Entry: Hashable, Sendable {
        /// The object's key.
        public var key: ObjectKey
        /// Its number; nil when it was not claimed.
        public var id: ObjectID?
        /// What was decided.
        public var decision: ClaimDecision

        /// Makes an entry.
        public init(key: ObjectKey, id: ObjectID?, decision: ClaimDecision) {
            self.key = key
            self.id = id
            self.decision = decision
        }
    }

    /// The instant from which the objects' write windows were computed; URLs are dated with it.
    public var instant: Timestamp
    /// The objects, in the order of the chunk.
    public var entries: [Entry]

    /// Makes a chunk.
    public init(instant: Timestamp, entries: [Entry]) {
        self.instant = instant
        self.entries = entries
    }
}

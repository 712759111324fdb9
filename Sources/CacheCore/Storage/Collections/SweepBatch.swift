/// Objects that are deleting from now on, and busy: leave to delete their bytes.
public struct SweepBatch: Hashable, Sendable {
    /// An object to delete.
    public struct Entry: Hashable, Sendable {
        /// Its number.
        public var id: ObjectID
        /// Its key.
        public var key: String

        /// Makes an entry.
        public init(id: ObjectID, key: String) {
            self.id = id
            self.key = key
        }
    }

    /// The instant from which the busy period was computed; the delete is dated with it.
    public var instant: Timestamp
    /// Until when the objects are busy; it tells this delete from every other.
    public var busyUntil: Timestamp
    /// The objects, by ascending number.
    public var entries: [Entry]
    /// After which number to go on; nil when there are no more.
    public var next: ObjectID?

    /// Makes a batch.
    public init(instant: Timestamp, busyUntil: Timestamp, entries: [Entry], next: ObjectID?) {
        self.instant = instant
        self.busyUntil = busyUntil
        self.entries = entries
        self.next = next
    }
}

/// Leave to write some objects, which are busy from ``instant`` on.
public struct PublishLease: Hashable, Sendable {
    /// The instant from which the busy periods were computed; the writes are dated with it.
    public var instant: Timestamp
    /// What to write, by object. Objects that became live meanwhile are left out.
    public var texts: [ObjectID: [UInt8]]

    /// Makes a lease.
    public init(instant: Timestamp, texts: [ObjectID: [UInt8]]) {
        self.instant = instant
        self.texts = texts
    }
}

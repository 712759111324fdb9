/// Leave to write some objects, which are busy from ``instant`` on.
public struct PublishLease: Hashable, Sendable {
    /// The instant from which the busy periods were computed; the writes are dated with it.
    public var instant: Timestamp
    /// What to write, by object. Objects that became live meanwhile are left out.
    public var texts: [ObjectID: [UInt8]]
    /// For how long each of these is busy.
    public var periods: [ObjectID: BusyPeriod]

    /// Makes a lease.
    public init(instant: Timestamp, texts: [ObjectID: [UInt8]], periods: [ObjectID: BusyPeriod]) {
        self.instant = instant
        self.texts = texts
        self.periods = periods
    }
}

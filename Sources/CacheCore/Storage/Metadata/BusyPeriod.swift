/// How long a request of ours may still change an object, and how long those before it.
public struct BusyPeriod: Hashable, Sendable {
    /// When it ends. No other request of the same object has the same end.
    public var end: Timestamp
    /// Until when the object was busy before, because of earlier requests.
    public var endBefore: Timestamp

    /// Makes a period.
    public init(end: Timestamp, endBefore: Timestamp) {
        self.end = end
        self.endBefore = endBefore
    }

    /// The period that begins now.
    /// - Parameters:
    ///   - now: the instant the request is dated with.
    ///   - length: for how long it is good at least.
    ///   - busyUntil: until when the object is busy already.
    public init(from now: Timestamp, length: Duration, busyUntil: Timestamp) {
        self.init(end: max(now + length, busyUntil + .microseconds(1)), endBefore: busyUntil)
    }
}

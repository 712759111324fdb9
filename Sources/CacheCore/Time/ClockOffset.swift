/// How far a clock is ahead of another one, as far as a measurement tells: somewhere within bounds.
///
/// A clock that is asked over a network answers at some time between question and answer, and may cut what it says to
/// whole seconds.
public struct ClockOffset: Hashable, Sendable {
    /// The least it may be ahead; negative when it may be behind.
    public var least: Duration
    /// The most it may be ahead.
    public var most: Duration

    /// Makes an offset.
    public init(least: Duration, most: Duration) {
        self.least = least
        self.most = most
    }

    /// Makes an offset of a clock that was asked.
    /// - Parameters:
    ///   - reading: what it said.
    ///   - resolution: how much it cut off at most.
    ///   - asked: when it was asked, on the other clock.
    ///   - answered: when the answer came, on the other clock.
    public init(reading: Timestamp, resolution: Duration, asked: Timestamp, answered: Timestamp) {
        self.init(least: reading - answered, most: reading + resolution - asked)
    }

    /// How far a clock is ahead of a third one, from how far each is ahead of the second.
    public static func - (left: ClockOffset, right: ClockOffset) -> ClockOffset {
        ClockOffset(least: left.least - right.most, most: left.most - right.least)
    }

    /// How far the clocks are apart at least, whichever is ahead.
    public var certainDistance: Duration { max(.zero, max(least, .zero - most)) }
}

/// Finds out how many requests a throttling service takes; a pure state machine.
///
/// It is off until the service throttles for the first time. Then requests are spaced by a rate that falls with each
/// throttle and rises with successes.
public struct AdaptiveLimiter: Sendable {
    /// The rate after the first throttle, in requests a second.
    public static let initialRate = 5.0

    /// The bounds of the rate, in requests a second.
    public static let bounds = 5.0...500.0

    private static let decrease = 0.7
    private static let increase = 1.1
    private static let successesForIncrease = 10

    /// What was not used may be caught up on for this long, so that a late timer does not lower the rate.
    private static let burst = Duration.milliseconds(50)

    /// The present rate in requests a second, or `nil` while it is off.
    public private(set) var rate: Double?

    private var successes = 0
    private var nextSlot: ContinuousClock.Instant?

    /// Makes a limiter.
    ///
    /// - Parameter rate: a rate to begin with, cut to the bounds, or `nil` to be off until the first throttle.
    public init(startingAt rate: Double? = nil) {
        self.rate = rate.map { min(max($0, Self.bounds.lowerBound), Self.bounds.upperBound) }
    }

    /// Asks whether a request may go out.
    ///
    /// - Parameter now: the present time.
    /// - Returns: zero if it may, with its slot taken, else how long to wait before asking again.
    public mutating func delay(at now: ContinuousClock.Instant) -> Duration {
        guard let rate else { return .zero }
        if let nextSlot, nextSlot > now { return now.duration(to: nextSlot) }
        nextSlot = max(nextSlot ?? now, now - Self.burst) + .seconds(1 / rate)
        return .zero
    }

    /// Notes that a request was served.
    public mutating func recordSuccess() {
        guard let rate else { return }
        successes += 1
        guard successes >= Self.successesForIncrease else { return }
        successes = 0
        self.rate = min(rate * Self.increase, Self.bounds.upperBound)
    }

    /// Notes that a request was refused for its rate.
    public mutating func recordThrottle() {
        successes = 0
        rate = rate.map { max($0 * Self.decrease, Self.bounds.lowerBound) } ?? Self.initialRate
    }
}

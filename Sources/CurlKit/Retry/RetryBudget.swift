/// Keeps the retries of many requests from multiplying traffic while nothing succeeds; a pure state machine.
///
/// While requests succeed, retries are free. When nothing has succeeded for a while, each retry takes a token; tokens
/// come with time and with first attempts. A retry without a token waits, and is never refused.
public struct RetryBudget: Sendable {
    /// How many tokens there are at most, and in the beginning.
    public var capacity = 20.0

    /// How many tokens each first attempt brings: the share of traffic that retries may be.
    public var share = 0.25

    /// How many tokens a second brings.
    public var tokensPerSecond = 2.0

    /// For how long after a success retries stay free.
    public var grace = Duration.seconds(10)

    private var tokens: Double
    private var lastSuccess: ContinuousClock.Instant?
    private var lastRefill: ContinuousClock.Instant?

    /// Makes a full budget.
    public init() {
        tokens = capacity
    }

    /// Notes a first attempt.
    public mutating func recordFirstAttempt() {
        tokens = min(capacity, tokens + share)
    }

    /// Notes that the service answered properly.
    ///
    /// - Parameter now: when it did.
    public mutating func recordSuccess(at now: ContinuousClock.Instant) {
        lastSuccess = now
        tokens = capacity
    }

    /// Asks whether a retry may go out.
    ///
    /// - Parameter now: the present time.
    /// - Returns: zero if it may, with its token taken, else how long to wait before asking again.
    public mutating func delay(at now: ContinuousClock.Instant) -> Duration {
        if let lastRefill {
            let elapsed = lastRefill.duration(to: now) / .seconds(1)
            tokens = min(capacity, tokens + max(0, elapsed) * tokensPerSecond)
        }
        lastRefill = now
        if let lastSuccess, lastSuccess.duration(to: now) < grace { return .zero }
        if tokens >= 1 {
            tokens -= 1
            return .zero
        }
        return .seconds((1 - tokens) / tokensPerSecond)
    }
}

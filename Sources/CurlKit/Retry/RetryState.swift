/// The retries of one request; a pure state machine.
public struct RetryState: Sendable {
    /// What to do after a failure.
    public enum Decision: Hashable, Sendable {
        /// Wait, then try again.
        case retry(after: Duration)
        /// Pass the failure on.
        case giveUp
    }

    private let policy: RetryPolicy
    private var firstFailure: ContinuousClock.Instant?

    /// How many retries there were.
    public private(set) var retries = 0

    /// Begins with the first attempt.
    ///
    /// - Parameter policy: when to try again.
    public init(policy: RetryPolicy) {
        self.policy = policy
    }

    /// Decides after an attempt.
    ///
    /// - Parameters:
    ///   - outcome: how it ended.
    ///   - now: when it ended.
    ///   - isLimited: whether a limiter spaces the attempts, so that backoff need not.
    ///   - random: a number from 0 up to 1.
    /// - Returns: what to do; always `giveUp` where another attempt would end alike.
    public mutating func decide(
        after outcome: AttemptOutcome, at now: ContinuousClock.Instant, isLimited: Bool, random: Double
    ) -> Decision {
        let backoff = policy.backoff(retry: retries, random: random)
        let delay: Duration
        switch outcome {
        case .settled, .failed:
            return .giveUp
        case .unanswered:
            delay = backoff
        case .unavailable(let status, let retryAfter):
            delay = isLimited && status == 503 ? bounded(retryAfter) : max(backoff, bounded(retryAfter))
        case .throttled(let retryAfter):
            delay = isLimited ? bounded(retryAfter) : max(backoff, bounded(retryAfter))
        }
        let start = firstFailure ?? now
        firstFailure = start
        guard retries < policy.minimumRetries || start.duration(to: now) < policy.minimumDuration else {
            return .giveUp
        }
        retries += 1
        return .retry(after: delay)
    }

    private func bounded(_ retryAfter: Duration?) -> Duration {
        min(max(retryAfter ?? .zero, .zero), policy.maximumRetryAfter)
    }
}

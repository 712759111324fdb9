import Synchronization

/// Tries things again as a policy, a limiter and a budget say. Everything that goes to one service shares one.
public final class Retrier: Sendable {
    /// When to try again.
    public let policy: RetryPolicy

    /// What spaces the requests, if anything does.
    public let limiter: RateLimiter?

    private let budget: Mutex<RetryBudget>

    /// How long a retry without a token waits at most before it asks again, since a success makes all of them free.
    private static let budgetInterval = Duration.seconds(1)

    /// Makes a retrier.
    ///
    /// - Parameters:
    ///   - policy: when to try again.
    ///   - limiter: what spaces the requests.
    ///   - budget: what keeps retries from multiplying traffic.
    public init(
        policy: RetryPolicy = RetryPolicy(), limiter: RateLimiter? = RateLimiter(), budget: RetryBudget = RetryBudget()
    ) {
        self.policy = policy
        self.limiter = limiter
        self.budget = Mutex(budget)
    }

    /// Makes attempts until one settles it or the policy gives up.
    ///
    /// When the task is cancelled while it waits, what the last attempt gave is returned.
    ///
    /// - Parameters:
    ///   - deadline: when it makes no sense any more to try again; `nil` for never. The first attempt is made whatever it
    ///     says.
    ///   - attempt: makes an attempt, given its number from 0. Says what it gave and how it ended.
    /// - Returns: what the last attempt gave.
    public func run<Value>(
        until deadline: ContinuousClock.Instant? = nil,
        _ attempt: (_ number: Int) async -> (Value, AttemptOutcome)
    ) async -> Value {
        var state = RetryState(policy: policy)
        budget.withLock { $0.recordFirstAttempt() }
        // If this is cancelled, the attempt sees it too.
        try? await limiter?.acquire()
        while true {
            let (value, outcome) = await attempt(state.retries)
            limiter?.record(outcome)
            if outcome == .settled { budget.withLock { $0.recordSuccess(at: .now) } }
            let decision = state.decide(
                after: outcome, at: .now, isLimited: limiter?.rate != nil, random: .random(in: 0..<1))
            guard case .retry(let delay) = decision, !Task.isCancelled else { return value }
            if let deadline, .now + delay >= deadline { return value }
            do {
                try await Task.sleep(for: delay)
                while case let wait = budget.withLock({ $0.delay(at: .now) }), wait > .zero {
                    try await Task.sleep(for: min(wait, Self.budgetInterval))
                }
                try await limiter?.acquire()
            } catch {
                return value
            }
            if let deadline, .now >= deadline { return value }
        }
    }
}

/// When a failed request is tried again, and after how long; pure.
public struct RetryPolicy: Hashable, Sendable {
    /// The statuses of answers that may be better a little later.
    public static let retryableStatuses: Set<Int> = [408, 429, 500, 502, 503, 504, 507]

    /// The wait before the first retry.
    public var initialDelay = Duration.milliseconds(100)

    /// What each wait is multiplied by for the next.
    public var multiplier = 2

    /// The longest wait by backoff.
    public var maximumDelay = Duration.seconds(30)

    /// By which share a wait is made longer or shorter at random, so that many clients do not come back at once.
    public var jitter = 0.1

    /// How many retries there are at least.
    public var minimumRetries = 5

    /// For how long after the first failure there are further ones.
    public var minimumDuration = Duration.seconds(60)

    /// The longest wait that a server may ask for with `Retry-After`.
    public var maximumRetryAfter = Duration.seconds(300)

    /// Makes the standard policy.
    public init() {}

    /// A policy that never tries again.
    public static var never: RetryPolicy {
        var policy = RetryPolicy()
        policy.minimumRetries = 0
        policy.minimumDuration = .zero
        return policy
    }

    /// The wait before a retry, by backoff alone.
    ///
    /// - Parameters:
    ///   - retry: 0 for the first retry.
    ///   - random: a number from 0 up to 1.
    public func backoff(retry: Int, random: Double) -> Duration {
        var delay = initialDelay
        for _ in 0..<max(0, retry) where delay < maximumDelay { delay = delay * multiplier }
        delay = min(delay, maximumDelay)
        return delay + delay * (jitter * (2 * random - 1))
    }
}

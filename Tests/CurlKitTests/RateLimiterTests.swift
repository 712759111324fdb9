import CurlKit
import Testing

@Suite struct RateLimiterTests {
    @Test(.timeLimit(.minutes(1)))
    func letsRequestsOutAtItsRate() async throws {
        let limiter = RateLimiter(startingAt: 500)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { try await limiter.acquire() } }
            try await group.waitForAll()
        }
        // 100 slots of 2 ms, less the burst of 50 ms.
        #expect(start.duration(to: .now) > .milliseconds(140))
    }

    @Test(.timeLimit(.minutes(1)))
    func passesTheTurnOnWhenAWaiterIsCancelled() async throws {
        let limiter = RateLimiter(startingAt: 5)
        try await limiter.acquire()
        let cancelled = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { await Self.isCancelled { try await limiter.acquire() } } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(cancelled == 50)
        try await limiter.acquire()
    }

    /// Runs something in a task that is cancelled at once.
    private static func isCancelled(_ body: @escaping @Sendable () async throws -> Void) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await body()
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            group.cancelAll()
            return await group.next() ?? false
        }
    }

    @Test func learnsFromOutcomes() {
        let limiter = RateLimiter()
        for outcome in [AttemptOutcome.unanswered, .failed, .settled, .unavailable(status: 503, retryAfter: nil)] {
            limiter.record(outcome)
        }
        #expect(limiter.rate == nil)
        limiter.record(.throttled(retryAfter: nil))
        #expect(limiter.rate == 5)
        for _ in 0..<10 { limiter.record(.settled) }
        #expect(limiter.rate == 5 * 1.1)
    }
}

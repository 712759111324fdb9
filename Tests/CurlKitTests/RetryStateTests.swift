import CurlKit
import Testing

@Suite struct RetryStateTests {
    static let start = ContinuousClock.now

    /// Makes attempts that take no time and fail alike, until the state gives up.
    static func waits(
        _ outcome: AttemptOutcome, isLimited: Bool = false, policy: RetryPolicy = RetryPolicy(), random: Double = 0.5
    ) -> [Duration] {
        var state = RetryState(policy: policy)
        var now = start
        var waits: [Duration] = []
        while case .retry(let delay) = state.decide(after: outcome, at: now, isLimited: isLimited, random: random) {
            waits.append(delay)
            now += delay
            guard waits.count < 1000 else { break }
        }
        return waits
    }

    static let backoff: [Duration] = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000].map {
        .milliseconds($0)
    }

    @Test func backsOffForAMinuteAtLeast() {
        #expect(Self.waits(.unanswered) == Self.backoff)
        #expect(Self.waits(.unavailable(status: 500, retryAfter: nil)) == Self.backoff)
        #expect(Self.waits(.throttled(retryAfter: nil)) == Self.backoff)
    }

    @Test func triesFiveTimesAtLeast() {
        let waits = Self.waits(.unavailable(status: 503, retryAfter: .seconds(40)))
        #expect(waits == Array(repeating: .seconds(40), count: 5))
    }

    @Test func takesTheLargerOfBackoffAndRetryAfter() {
        #expect(
            Self.waits(.unavailable(status: 502, retryAfter: .seconds(2)))
                == Array(repeating: .seconds(2), count: 5) + Self.backoff.dropFirst(5))
    }

    @Test func waitsOnlyForTheLimiterWhereThereIsOne() {
        #expect(Self.waits(.throttled(retryAfter: .seconds(2)), isLimited: true).allSatisfy { $0 == .seconds(2) })
        #expect(
            Self.waits(.unavailable(status: 503, retryAfter: .seconds(2)), isLimited: true)
                == Array(repeating: .seconds(2), count: 30))
        #expect(Self.waits(.unavailable(status: 500, retryAfter: nil), isLimited: true) == Self.backoff)
        #expect(Self.waits(.unanswered, isLimited: true) == Self.backoff)
    }

    @Test func doesNotWaitForever() {
        #expect(
            Self.waits(.throttled(retryAfter: .seconds(1_000_000))) == Array(repeating: .seconds(300), count: 5))
    }

    @Test(arguments: [AttemptOutcome.settled, .failed])
    func givesUpWhatWillNotChange(_ outcome: AttemptOutcome) {
        #expect(Self.waits(outcome).isEmpty)
    }

    @Test func canBeTurnedOff() {
        #expect(Self.waits(.unanswered, policy: .never).isEmpty)
    }

    @Test(arguments: [(0.0, 90.0), (0.5, 100.0), (1.0, 110.0)])
    func jittersByATenth(random: Double, milliseconds: Double) {
        let delay = RetryPolicy().backoff(retry: 0, random: random)
        #expect(abs(delay / .milliseconds(1) - milliseconds) < 0.001)
    }

    @Test(arguments: [
        (200, "", AttemptOutcome.settled), (404, "", .settled), (409, "", .settled), (413, "", .settled),
        (403, "<Code>SlowDown</Code>", .settled), (429, "", .throttled(retryAfter: .seconds(2))),
        (503, "", .unavailable(status: 503, retryAfter: .seconds(2))),
        (503, "<Error><Code>SlowDown</Code></Error>", .throttled(retryAfter: .seconds(2))),
        (503, "<Error><Code>RequestLimitExceeded</Code>", .throttled(retryAfter: .seconds(2))),
        (503, "<Error><Code>ServiceUnavailable</Code>", .unavailable(status: 503, retryAfter: .seconds(2))),
        (503, "<Error><Code>SlowDow", .unavailable(status: 503, retryAfter: .seconds(2))),
        (408, "", .unavailable(status: 408, retryAfter: .seconds(2))),
        (500, "<Code>SlowDown</Code>", .unavailable(status: 500, retryAfter: .seconds(2))),
        (502, "", .unavailable(status: 502, retryAfter: .seconds(2))),
        (504, "", .unavailable(status: 504, retryAfter: .seconds(2))),
        (507, "", .unavailable(status: 507, retryAfter: .seconds(2))),
    ])
    func readsAnswers(status: Int, body: String, expected: AttemptOutcome) {
        #expect(
            AttemptOutcome(status: status, headers: ["Retry-After": "2"], body: Array(body.utf8)) == expected)
    }
}

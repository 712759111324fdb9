import CurlKit
import Testing

@Suite struct AdaptiveLimiterTests {
    static let start = ContinuousClock.now

    @Test func isOffUntilTheFirstThrottle() {
        var limiter = AdaptiveLimiter()
        for _ in 0..<1000 {
            #expect(limiter.delay(at: Self.start) == .zero)
            limiter.recordSuccess()
        }
        #expect(limiter.rate == nil)
        limiter.recordThrottle()
        #expect(limiter.rate == 5)
    }

    @Test func spacesRequests() {
        var limiter = AdaptiveLimiter(startingAt: 10)
        let start = Self.start
        #expect(limiter.delay(at: start) == .zero)
        #expect(limiter.delay(at: start) == .milliseconds(100))
        #expect(limiter.delay(at: start + .milliseconds(60)) == .milliseconds(40))
        #expect(limiter.delay(at: start + .milliseconds(100)) == .zero)
        #expect(limiter.delay(at: start + .milliseconds(100)) == .milliseconds(100))
        // A slot that was used 30 ms late does not move the next one; a long pause is not made up for.
        #expect(limiter.delay(at: start + .milliseconds(230)) == .zero)
        #expect(limiter.delay(at: start + .milliseconds(230)) == .milliseconds(70))
        #expect(limiter.delay(at: start + .seconds(60)) == .zero)
        #expect(limiter.delay(at: start + .seconds(60)) == .milliseconds(50))
    }

    @Test func risesByATenthAfterTenSuccesses() {
        var limiter = AdaptiveLimiter(startingAt: 100)
        for _ in 0..<9 { limiter.recordSuccess() }
        #expect(limiter.rate == 100)
        limiter.recordSuccess()
        #expect(limiter.rate == 100 * 1.1)
        for _ in 0..<9 { limiter.recordSuccess() }
        limiter.recordThrottle()
        #expect(limiter.rate == 100 * 1.1 * 0.7)
        // The successes before the throttle no longer count.
        limiter.recordSuccess()
        #expect(limiter.rate == 100 * 1.1 * 0.7)
    }

    @Test func staysWithinItsBounds() {
        var limiter = AdaptiveLimiter(startingAt: 6)
        limiter.recordThrottle()
        #expect(limiter.rate == 5)
        for _ in 0..<1000 { limiter.recordSuccess() }
        #expect(limiter.rate == 500)
        #expect(AdaptiveLimiter(startingAt: 1).rate == 5)
        #expect(AdaptiveLimiter(startingAt: 1e9).rate == 500)
    }
}

import CurlKit
import Testing

@Suite struct RetryBudgetTests {
    static let start = ContinuousClock.now

    /// How many of many retries go out at once.
    static func admitted(_ budget: inout RetryBudget, at now: ContinuousClock.Instant) -> Int {
        (0..<1000).prefix { _ in budget.delay(at: now) == .zero }.count
    }

    @Test func capsRetriesWhileNothingSucceeds() {
        var budget = RetryBudget()
        let start = Self.start
        #expect(Self.admitted(&budget, at: start) == 20)
        #expect(budget.delay(at: start) == .milliseconds(500))
        #expect(Self.admitted(&budget, at: start + .seconds(3)) == 6)
        // A quarter of the traffic on top.
        for _ in 0..<40 { budget.recordFirstAttempt() }
        #expect(Self.admitted(&budget, at: start + .seconds(3)) == 10)
        #expect(Self.admitted(&budget, at: start + .seconds(3600)) == 20)
    }

    @Test func isFreeWhileRequestsSucceed() {
        var budget = RetryBudget()
        let start = Self.start
        #expect(Self.admitted(&budget, at: start) == 20)
        budget.recordSuccess(at: start)
        #expect(Self.admitted(&budget, at: start + .seconds(9.9)) == 1000)
        #expect(Self.admitted(&budget, at: start + .seconds(10)) == 20)
    }
}

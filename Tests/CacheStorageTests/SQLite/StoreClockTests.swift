import CacheCore
import CacheStorage
import Testing

@Suite("The store's clock")
struct StoreClockTests {
    @Test("stands still until it is set, and then moves on only")
    func standing() {
        let clock = StoreClock(standingAt: Timestamp(seconds: 1000))
        #expect(clock.now == Timestamp(seconds: 1000))
        clock.advance(by: .milliseconds(1500))
        #expect(clock.now == Timestamp(microseconds: 1_001_500_000))
        clock.advance(by: .seconds(-10))
        #expect(clock.now == Timestamp(microseconds: 1_001_500_000))
    }

    @Test("follows the system's")
    func system() {
        let clock = StoreClock()
        let first = clock.now
        #expect(first > Timestamp(seconds: 1_700_000_000))
        #expect(clock.now >= first)
    }
}

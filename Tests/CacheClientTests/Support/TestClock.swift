import CacheCore
import Synchronization

/// A time of day that passes when a test says so.
final class TestClock: Sendable {
    private let instant = Mutex(Timestamp(seconds: 1_800_000_000))

    @Sendable func now() -> Timestamp { instant.withLock { $0 } }

    func pass(_ duration: Duration) { instant.withLock { $0 = $0 + duration } }
}

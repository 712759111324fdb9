public import CacheCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The clock of a metadata store: the system's, or one that tests set. It never goes backwards.
public final class StoreClock: Sendable {
    private struct State {
        var last = Timestamp(microseconds: 0)
        var fixed: Timestamp?
    }

    private let state: Mutex<State>

    /// Makes a clock that follows the system's.
    public init() {
        state = Mutex(State())
    }

    /// Makes a clock that stands still until it is set.
    /// - Parameter instant: where it stands.
    public init(standingAt instant: Timestamp) {
        state = Mutex(State(last: instant, fixed: instant))
    }

    /// The present instant.
    public var now: Timestamp {
        state.withLock { state in
            state.last = max(state.last, state.fixed ?? StoreClock.systemTime())
            return state.last
        }
    }

    /// Moves a standing clock on; one that follows the system's stands still from now on.
    /// - Parameter duration: how far; what is negative counts as 0.
    public func advance(by duration: Duration) {
        state.withLock { state in
            state.last = max(state.last, state.fixed ?? StoreClock.systemTime()) + max(.zero, duration)
            state.fixed = state.last
        }
    }

    /// What the system's clock says. It may be set back.
    public static func systemTime() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

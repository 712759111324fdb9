import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The time for which a task has a session, between its thread and whoever cancels the task.
final class PostgresUse: Sendable {
    private struct State {
        var isCancelled = false
        var canceller: PostgresCancellation?
    }

    private let state = Mutex(State())

    /// - Returns: false when the task was cancelled already.
    func begin(_ canceller: PostgresCancellation) -> Bool {
        state.withLock { state in
            if !state.isCancelled { state.canceller = canceller }
            return !state.isCancelled
        }
    }

    /// From now on a cancellation does not concern the session.
    func end() {
        state.withLock { $0.canceller = nil }
    }

    /// Notes that the task was cancelled: no further statement begins.
    ///
    /// - Returns: whether a session is in use, which ``giveUp()`` is for.
    func cancel() -> Bool {
        state.withLock { state in
            state.isCancelled = true
            state.canceller?.use()
            return state.canceller != nil
        }
    }

    /// Has the server give the statement up that is under way. Blocks while it asks.
    ///
    /// It is asked again while the session is in use: a request that arrives just before a statement has no effect.
    func giveUp() {
        for attempt in 0..<8 {
            guard let canceller = state.withLock({ $0.canceller }) else { return }
            canceller.send()
            usleep(2000 << attempt)
        }
    }
}

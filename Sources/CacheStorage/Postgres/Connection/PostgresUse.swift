import Synchronization

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

    /// Notes that the task was cancelled.
    ///
    /// - Returns: what can have the statement given up; nil when none is under way.
    func cancel() -> PostgresCancellation? {
        state.withLock { state in
            state.isCancelled = true
            state.canceller?.use()
            return state.canceller
        }
    }
}

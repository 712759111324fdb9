import CPQ
import Synchronization

/// Has the statement that a session works at given up, from another thread.
final class PostgresCancellation: Sendable {
    private struct State {
        /// A `PGcancel`: libpq makes it for the very purpose of being used by another thread than the connection.
        nonisolated(unsafe) var handle: OpaquePointer?
        var isUsed = false
    }

    private let state: Mutex<State>

    init(connection: OpaquePointer) {
        state = Mutex(State(handle: PQgetCancel(connection)))
    }

    deinit {
        invalidate()
    }

    /// Whether it was called; such a session is not used again, since the request may arrive after its statement ended.
    var isUsed: Bool { state.withLock { $0.isUsed } }

    /// - Throws: an error of kind `cancelled` when it was called.
    func check() throws(PostgresError) {
        if isUsed { throw PostgresError(.cancelled, "the task that asked was cancelled") }
    }

    /// Notes that nothing more is wanted: no further statement begins.
    func use() {
        state.withLock { $0.isUsed = true }
    }

    /// Asks the server to give the statement up. Blocks while it asks.
    func send() {
        state.withLock { state in
            guard let handle = state.handle else { return }
            var reason = [CChar](repeating: 0, count: 256)
            // When the server cannot be reached there is nothing to give up.
            PQcancel(handle, &reason, CInt(reason.count))
        }
    }

    /// Forgets the session, which ends.
    func invalidate() {
        state.withLock { state in
            if let handle = state.handle { PQfreeCancel(handle) }
            state.handle = nil
        }
    }
}

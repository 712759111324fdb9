import CPQ
import Synchronization

/// Has the statement that a session works at given up, from another thread.
final class PostgresCancellation: Sendable {
    private struct Handle {
        /// A `PGcancel`: libpq makes it for the very purpose of being used by another thread than the connection.
        nonisolated(unsafe) var pointer: OpaquePointer?
    }

    private let handle: Mutex<Handle>
    /// Apart from the handle, which is held for as long as the server takes to answer.
    private let wasUsed = Atomic(false)

    init(connection: OpaquePointer) {
        handle = Mutex(Handle(pointer: PQgetCancel(connection)))
    }

    deinit {
        invalidate()
    }

    /// Whether it was called; such a session is not used again, since the request may arrive after its statement ended.
    var isUsed: Bool { wasUsed.load(ordering: .acquiring) }

    /// - Throws: an error of kind `cancelled` when it was called.
    func check() throws(PostgresError) {
        if isUsed { throw PostgresError.cancelled }
    }

    /// Notes that nothing more is wanted: no further statement begins.
    func use() {
        wasUsed.store(true, ordering: .releasing)
    }

    /// Asks the server to give the statement up. Blocks while it asks.
    func send() {
        handle.withLock { handle in
            guard let pointer = handle.pointer else { return }
            var reason = [CChar](repeating: 0, count: 256)
            // When the server cannot be reached there is nothing to give up.
            PQcancel(pointer, &reason, CInt(reason.count))
        }
    }

    /// Forgets the session, which ends.
    func invalidate() {
        handle.withLock { handle in
            if let pointer = handle.pointer { PQfreeCancel(pointer) }
            handle.pointer = nil
        }
    }
}

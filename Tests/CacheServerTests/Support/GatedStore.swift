import CacheCore
import Synchronization

/// Holds calls of a ``WatchedObjectStore`` up until a test lets them go.
final class CallGate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrived = 0
    }

    private let state = Mutex(State())

    /// How many calls have come so far.
    var arrived: Int { state.withLock { $0.arrived } }

    /// Waits; a cancelled caller fails.
    func pass() async throws(ObjectStoreError) {
        state.withLock { $0.arrived += 1 }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            release()
        }
        if Task.isCancelled { throw ObjectStoreError(.unavailable, "The call was given up.") }
    }

    /// Lets all calls go, also those that come later.
    func open() {
        state.withLock { $0.isOpen = true }
        release()
    }

    private func release() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

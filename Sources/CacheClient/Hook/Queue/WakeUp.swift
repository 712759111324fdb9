internal import Synchronization

/// Wakes one task that waits for something to happen.
final class WakeUp: Sendable {
    private struct State {
        var isRinging = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the task, now or when it waits next.
    func ring() {
        let waiter = state.withLock { state in
            state.isRinging = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits until it rings, some time has passed or the task is cancelled.
    ///
    /// - Parameter limit: How long to wait at most; nil for as long as it takes.
    func wait(atMost limit: Duration?) async {
        guard let limit else { return await wait() }
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.isRinging || Task.isCancelled {
                        state.isRinging = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            // Whoever is cancelled has not been woken: what rings next is for the next wait.
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}

import Synchronization

/// A number of things that tasks take in the order in which they asked.
final class PostgresSlots: Sendable {
    private struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var isClosed = false
        var nextNumber: UInt64 = 0
        /// In the order of their numbers; the queue is as long as there are tasks waiting.
        var waiters: [Waiter] = []
        /// Numbers that were cancelled before they waited.
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>
    private let size: Int

    init(_ size: Int) {
        self.size = size
        state = Mutex(State(free: size))
    }

    /// How many are taken.
    var taken: Int { state.withLock { size - $0.free } }

    /// How many tasks wait for one.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// Waits for one.
    ///
    /// - Returns: false when the task was cancelled, or when they were closed: nothing was taken then.
    func take() async -> Bool {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            return state.nextNumber
        }
        // A cancellation that comes too late to matter leaves nothing behind.
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.contains(number) || state.isClosed { return false }
                    if state.free > 0, state.waiters.isEmpty {
                        state.free -= 1
                        return true
                    }
                    state.waiters.append(Waiter(number: number, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Gives one back.
    func give() {
        let next: Waiter? = state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    /// Refuses everyone who waits and who comes later.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
    }
}

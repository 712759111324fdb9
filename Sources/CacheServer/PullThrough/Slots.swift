import Synchronization

/// A number of places that are taken in the order in which they were asked for.
final class Slots: Sendable {
    /// A place, free again once nobody holds on to it.
    final class Slot: Sendable {
        private let slots: Slots

        fileprivate init(_ slots: Slots) { self.slots = slots }

        deinit { slots.giveBack() }
    }

    private struct State {
        var free: Int
        var lastNumber: UInt64 = 0
        var queue: [UInt64] = []
        var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: max(1, count)))
    }

    /// How many wait.
    var waiters: Int { state.withLock { $0.waiting.count } }

    /// Takes a place, and waits for one if need be.
    /// - Throws: `CancellationError`.
    func take() async throws -> Slot {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.queue.append(number)
                    state.waiting[number] = continuation
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.queue.removeAll { $0 == number }
                return state.waiting.removeValue(forKey: number)
            }
            waiter?.resume(returning: false)
        }
        guard isTaken else { throw CancellationError() }
        return Slot(self)
    }

    private func giveBack() {
        let next = state.withLock { state in
            guard !state.queue.isEmpty else {
                state.free += 1
                return CheckedContinuation<Bool, Never>?.none
            }
            return state.waiting.removeValue(forKey: state.queue.removeFirst())
        }
        next?.resume(returning: true)
    }
}

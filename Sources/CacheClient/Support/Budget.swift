internal import Synchronization

/// A number of units (bytes, threads, requests) that tasks share; who asks for more than is left waits in line.
final class Budget: Sendable {
    private struct Waiter {
        let id: Int
        let amount: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var available: Int
        var waiters: [Waiter] = []
        var nextID = 0
        /// Waiters that were cancelled before they stood in line.
        var cancelled: Set<Int> = []
    }

    /// All units.
    let capacity: Int
    private let state: Mutex<State>

    /// Makes a budget of which all is available.
    init(_ capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
        state = Mutex(State(available: capacity))
    }

    /// Takes units as soon as they are there, in the order of asking.
    ///
    /// - Parameter amount: How many; more than all units is taken to mean all.
    /// - Returns: How many were taken, to be given back.
    /// - Throws: ``ClientError`` with the code `cancelled`.
    func acquire(_ amount: Int) async throws(ClientError) -> Int {
        let amount = min(amount, capacity)
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if state.waiters.isEmpty, state.available >= amount {
                        state.available -= amount
                        return true
                    }
                    state.waiters.append(Waiter(id: id, amount: amount, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
            if waiter != nil { release(0) }
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        guard granted else { throw .cancelled }
        return amount
    }

    /// Gives units back.
    func release(_ amount: Int) {
        let ready = state.withLock { state in
            state.available += amount
            var ready: [Waiter] = []
            while let first = state.waiters.first, first.amount <= state.available {
                state.available -= first.amount
                ready.append(state.waiters.removeFirst())
            }
            return ready
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }

    /// Holds units while something is done.
    func withUnits<Result>(
        _ amount: Int, _ body: () async throws(ClientError) -> Result
    ) async throws(ClientError) -> Result {
        let taken = try await acquire(amount)
        defer { release(taken) }
        return try await body()
    }
}

extension ClientError {
    /// The task was cancelled.
    static var cancelled: ClientError { ClientError(.cancelled, "The push was interrupted.") }
}

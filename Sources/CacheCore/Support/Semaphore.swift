internal import Synchronization

/// A number of units (bytes, threads, requests, sessions) that tasks share; who asks for more than is left waits in line.
package final class Semaphore: Sendable {
    private struct Waiter {
        let number: UInt64
        let amount: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var available: Int
        var isClosed = false
        var lastNumber: UInt64 = 0
        /// In the order in which they asked; as many as there are tasks that wait.
        var waiters: [Waiter] = []

        /// Removes those from the front of the line who can have what they ask for, and takes it for them.
        mutating func served() -> [Waiter] {
            var served: [Waiter] = []
            while let first = waiters.first, first.amount <= available {
                available -= first.amount
                served.append(waiters.removeFirst())
            }
            return served
        }
    }

    /// All units.
    package let capacity: Int
    private let state: Mutex<State>

    /// Makes a semaphore of which all units are available.
    package init(_ capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
        state = Mutex(State(available: capacity))
    }

    /// How many units are taken.
    package var taken: Int { state.withLock { capacity - $0.available } }

    /// How many tasks wait.
    package var waiting: Int { state.withLock { $0.waiters.count } }

    /// Takes units as soon as they are there, in the order of asking.
    ///
    /// - Parameter amount: how many; more than all units is taken to mean all.
    /// - Returns: how many were taken, to be released; nil when the task was cancelled, or when the semaphore was closed:
    ///   nothing was taken then.
    package func take(_ amount: Int = 1) async -> Int? {
        let amount = min(amount, capacity)
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    // Whoever is cancelled after this is found in the line.
                    if Task.isCancelled || state.isClosed { return false }
                    if state.waiters.isEmpty, state.available >= amount {
                        state.available -= amount
                        return true
                    }
                    state.waiters.append(Waiter(number: number, amount: amount, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            leave(number)
        }
        return isTaken ? amount : nil
    }

    /// Gives units back.
    package func release(_ amount: Int) {
        let served = state.withLock { state in
            state.available += amount
            return state.served()
        }
        for waiter in served { waiter.continuation.resume(returning: true) }
    }

    /// Refuses everyone who waits, and who comes later.
    package func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
    }

    /// Takes somebody out of the line; those behind may then have what they ask for.
    private func leave(_ number: UInt64) {
        let (gone, served) = state.withLock { state -> (Waiter?, [Waiter]) in
            guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return (nil, []) }
            let gone = state.waiters.remove(at: index)
            return (gone, state.served())
        }
        gone?.continuation.resume(returning: false)
        for waiter in served { waiter.continuation.resume(returning: true) }
    }
}

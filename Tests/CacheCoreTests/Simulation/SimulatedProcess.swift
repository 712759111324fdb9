import CacheCore
import Synchronization

/// A server's process in a simulation: it waits before each of its calls to a store until it is let go on or killed.
///
/// Only one process of a simulation runs at a time, and each does one thing at a time, so that the order of all calls is
/// the simulation's choice.
final class SimulatedProcess: LifecycleHook {
    private struct State {
        var parked: CheckedContinuation<Bool, Never>?
        var step: LifecycleStep?
        var waiter: CheckedContinuation<Void, Never>?
        var isOver = false
        var isDead = false
    }

    /// Its number, for traces.
    let number: Int
    private let state = Mutex(State())
    private let beforeCall: @Sendable (SimulatedProcess, LifecycleStep) async -> Void
    private let afterCall: @Sendable (SimulatedProcess, LifecycleStep) async -> Void
    private let letTimePass: @Sendable (Duration) -> Void

    /// - Parameters:
    ///   - number: its number.
    ///   - beforeCall: awaited before each call, after it was let go on.
    ///   - afterCall: awaited after each call, before anything else goes on.
    ///   - letTimePass: moves the clock on.
    init(
        number: Int, beforeCall: @escaping @Sendable (SimulatedProcess, LifecycleStep) async -> Void,
        afterCall: @escaping @Sendable (SimulatedProcess, LifecycleStep) async -> Void,
        letTimePass: @escaping @Sendable (Duration) -> Void
    ) {
        self.number = number
        self.beforeCall = beforeCall
        self.afterCall = afterCall
        self.letTimePass = letTimePass
    }

    /// Whether it was killed.
    var isDead: Bool { state.withLock { $0.isDead } }
    /// Whether its work has ended.
    var isOver: Bool { state.withLock { $0.isOver } }
    /// What it is about to do.
    var step: LifecycleStep? { state.withLock { $0.step } }

    // MARK: For the process

    func willCall(_ step: LifecycleStep) async throws(LifecycleStopped) {
        try await park(step)
        await beforeCall(self, step)
    }

    func didCall(_ step: LifecycleStep) async throws(LifecycleStopped) {
        // A call that was answered after the end of the process had no effect: none is made by a dead one.
        if !isDead { await afterCall(self, step) }
    }

    func pause(for duration: Duration) async throws(LifecycleStopped) {
        try await park(LifecycleStep(store: .metadata, name: "pause", subject: "\(duration)"))
        letTimePass(duration)
    }

    /// What a client does, as a step of its own.
    func clientStep(_ name: String, _ subject: String) async throws(LifecycleStopped) {
        try await park(LifecycleStep(store: .objects, name: "client.\(name)", subject: subject))
    }

    private func park(_ step: LifecycleStep) async throws(LifecycleStopped) {
        if isDead { throw LifecycleStopped() }
        let lives = await withCheckedContinuation { continuation in
            let waiter = state.withLock { state in
                state.parked = continuation
                state.step = step
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
        if !lives { throw LifecycleStopped() }
    }

    /// Says that its work has ended.
    func end() {
        let waiter = state.withLock { state in
            state.isOver = true
            state.step = nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    // MARK: For the simulation

    /// Waits until it stands before a call or has ended.
    func settle() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isSettled = state.withLock { state in
                if state.parked != nil || state.isOver { return true }
                state.waiter = continuation
                return false
            }
            if isSettled { continuation.resume() }
        }
    }

    /// Lets it make the call it stands before, or kills it there; returns when it stands before the next one or has ended.
    func goOn(lives: Bool = true) async {
        let parked = state.withLock { state in
            if !lives { state.isDead = true }
            defer {
                state.parked = nil
                state.step = nil
            }
            return state.parked
        }
        guard let parked else { return }
        parked.resume(returning: lives)
        await settle()
    }
}

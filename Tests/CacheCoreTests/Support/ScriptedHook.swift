import CacheCore
import Synchronization

/// Records the steps of a process, and ends it when told to.
final class ScriptedHook: LifecycleHook {
    private struct State {
        var steps: [LifecycleStep] = []
        var count = 0
        var stopAt: Int?
    }

    private let state: Mutex<State>

    /// - Parameter stopAt: the process ends before its half step of this number, counted from 0: an even one is before
    ///   a call, an odd one after its effect.
    init(stopAt: Int? = nil) {
        state = Mutex(State(stopAt: stopAt))
    }

    var steps: [LifecycleStep] { state.withLock { $0.steps } }
    var isStopped: Bool { state.withLock { state in state.stopAt.map { state.count > $0 } ?? false } }

    private func advance(_ step: LifecycleStep?) throws(LifecycleStopped) {
        let isStopped = state.withLock { state in
            if let step { state.steps.append(step) }
            defer { state.count += 1 }
            return state.stopAt.map { state.count >= $0 } ?? false
        }
        if isStopped { throw LifecycleStopped() }
    }

    func willCall(_ step: LifecycleStep) async throws(LifecycleStopped) { try advance(step) }
    func didCall(_ step: LifecycleStep) async throws(LifecycleStopped) { try advance(nil) }
    func pause(for duration: Duration) async throws(LifecycleStopped) {}
}

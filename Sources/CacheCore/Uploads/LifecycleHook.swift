/// Awaited before and after each call to a store, so that a simulation can interleave, pause and stop processes.
///
/// What a hook throws is taken for the end of the process: no later call of it has an effect.
public protocol LifecycleHook: Sendable {
    /// Called before a call to a store.
    func willCall(_ step: LifecycleStep) async throws(LifecycleStopped)
    /// Called after a call to a store, whether or not it succeeded.
    func didCall(_ step: LifecycleStep) async throws(LifecycleStopped)
    /// Lets time pass.
    func pause(for duration: Duration) async throws(LifecycleStopped)
}

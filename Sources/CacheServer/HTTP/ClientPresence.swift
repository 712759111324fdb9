import Hummingbird
import ServiceLifecycle
import Synchronization

/// Tells a route that answers without end when there is nobody left to answer: the client has gone, or the server stops.
final class ClientPresence: Sendable {
    private struct State {
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    init() {}

    /// The client of a request.
    convenience init(of context: CacheRequestContext) {
        self.init()
        context.channel.triggerUserOutboundEvent(ConnectionGuard.PresenceWanted(presence: self), promise: nil)
    }

    /// There is nobody left. May be called more than once.
    func end() {
        resumeWaiter { $0.isOver = true }
    }

    /// Waits, for one caller at a time.
    ///
    /// - Returns: whether there is still somebody, and the server does not stop.
    func pause(until instant: ContinuousClock.Instant) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await Task.sleep(until: instant, clock: .continuous)) != nil }
            group.addTask {
                try? await gracefulShutdown()
                return false
            }
            group.addTask {
                await self.waitForEnd()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func waitForEnd() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isOver, !Task.isCancelled else { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            resumeWaiter { _ in }
        }
    }

    private func resumeWaiter(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}

import NIOCore
import Synchronization

/// A connection that waits to be served, and is closed when that never comes.
///
/// Connections wait between the listener's event loop and the task that accepts them, and are dropped there when that
/// task is cancelled or the listener closes meanwhile. What is dropped must not yet be a `NIOAsyncChannel`: one that
/// nobody served stops the process (swift-nio, issues 2637 and 2813).
final class AcceptedConnection: Sendable {
    private let channel: Mutex<(any Channel)?>

    /// - Parameter channel: An open channel that reads nothing yet.
    init(_ channel: any Channel) {
        self.channel = Mutex(channel)
    }

    deinit {
        take()?.close(promise: nil)
    }

    /// Returns the channel, which is the caller's to close from now on; nil when another has it.
    func take() -> (any Channel)? {
        channel.withLock { $0.take() }
    }
}

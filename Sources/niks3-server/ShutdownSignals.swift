import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ends, and with it the group of services gracefully, at the first SIGTERM or SIGINT. The second one then ends the
/// process at once.
final class ShutdownSignals: Service {
    private let logger: Logger
    private let onSignal: @Sendable () -> Void
    private let caught = Atomic(false)

    /// - Parameter onSignal: called at the first signal.
    init(logger: Logger, onSignal: @escaping @Sendable () -> Void) {
        self.logger = logger
        self.onSignal = onSignal
    }

    /// Whether a signal came.
    var wasCaught: Bool { caught.load(ordering: .relaxed) }

    func run() async {
        await cancelWhenGracefulShutdown { [self] in
            let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
            guard let first = await signals.first(where: { _ in true }) else { return }
            caught.store(true, ordering: .relaxed)
            logger.notice("stopping", metadata: ["signal": "\(first)"])
            onSignal()
        }
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    }
}

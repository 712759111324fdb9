import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Loads files again at SIGHUP. Without anything to load the signal does nothing: it never ends the server.
struct HangupSignals: Service {
    /// Loads them. It may block.
    let reload: @Sendable () -> Void

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                try? await NIOThreadPool.singleton.runIfActive(reload)
            }
        }
    }
}

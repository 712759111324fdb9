import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Hears of SIGINT and SIGTERM, so that a program can end in order.
public final class TerminationSignals {
    private let sources: [any DispatchSourceSignal]

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - onFirst: called at the first signal, on a thread of the system.
    ///   - onSecond: what the signal does from then on: it has to end the process at once.
    public init(onSecond: @escaping @convention(c) (Int32) -> Void, onFirst: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                signal(number, onSecond)
                onFirst()
            }
            source.activate()
            return source
        }
    }

    /// Stops listening.
    public func cancel() {
        for source in sources { source.cancel() }
    }
}

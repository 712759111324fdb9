public import CacheCore
public import Logging
public import ServiceLifecycle

/// Takes note from time to time of how much the cache holds, for the plots on the page of whoever runs it.
public struct SamplingService: Service {
    private let store: any ConsoleStore
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - store: where the notes are kept.
    ///   - interval: between two notes.
    ///   - logger: told when none can be taken.
    public init(store: any ConsoleStore, interval: Duration = .seconds(600), logger: Logger) {
        self.store = store
        self.interval = interval
        self.logger = logger
    }

    /// Works until a graceful shutdown.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(CacheError) {
                    try await store.recordSample()
                } catch  where !Task.isCancelled {
                    logger.warning("no note of the cache's size can be taken", metadata: ["error": "\(error)"])
                } catch {}
                try? await Task.sleep(for: interval)
            }
        }
    }
}

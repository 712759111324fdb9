public import CacheCore
public import Logging
public import ServiceLifecycle

/// Begins a collection from time to time, for servers that no timer collects.
///
/// When the last one began is read from the metadata store, so that several servers do the work of one, and a restart
/// neither repeats nor delays it. One that failed is repeated after a tenth of the interval.
public struct ScheduledCollectionService: Service {
    private let collections: CollectionService
    private let parameters: GCParameters
    private let interval: Duration
    private let logger: Logger

    /// The longest time between two looks at the clock.
    private static let longestWait = Duration.seconds(60)

    /// - Parameters:
    ///   - collections: what is begun; something else has to run it.
    ///   - parameters: of each collection.
    ///   - interval: from the beginning of one to that of the next; more than 0.
    ///   - logger: for what cannot be begun.
    public init(
        collections: CollectionService, parameters: GCParameters, interval: Duration, logger: Logger
    ) {
        self.collections = collections
        self.parameters = parameters
        self.interval = interval
        self.logger = logger
    }

    /// Works until a graceful shutdown.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await beginIfDue()
                try? await Task.sleep(for: min(interval / 4, ScheduledCollectionService.longestWait))
            }
        }
    }

    /// Begins a collection if it is time for one.
    func beginIfDue() async {
        do throws(CacheError) {
            guard try await collections.isDue(every: interval, retryAfter: interval / 10) else { return }
            // Another server may have been faster: then its collection is found, and all is well.
            _ = try await collections.begin(parameters)
        } catch {
            logger.warning("no collection can be begun now", metadata: ["error": "\(error)"])
        }
    }
}

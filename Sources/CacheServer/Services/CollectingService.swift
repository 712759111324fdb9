public import CacheCore
public import ServiceLifecycle

/// Does the collections that are asked for by requests, until a graceful shutdown. One that is under way then stops
/// between two steps.
public struct CollectingService: Service {
    private let collections: CollectionService

    /// - Parameter collections: what is done.
    public init(collections: CollectionService) {
        self.collections = collections
    }

    /// Works until a graceful shutdown.
    public func run() async {
        await withGracefulShutdownHandler {
            await collections.run()
        } onGracefulShutdown: {
            collections.stop()
        }
    }
}

public import Logging
internal import Synchronization

/// The daemon behind the post-build hook: it takes paths in, keeps them in a queue and pushes them.
public final class HookService: Sendable {
    private let queue: UploadQueue
    private let worker: QueueWorker
    private let settings: HookSettings
    private let logger: Logger
    private let listener: HookListener
    private let isStopping = Atomic(false)
    private let hasStoppedListening = Atomic(false)

    /// Makes the daemon.
    ///
    /// - Parameters:
    ///   - queue: Where paths wait.
    ///   - socket: Where they come from.
    ///   - uploader: What pushes them.
    ///   - settings: How it works.
    ///   - logger: Where it says what it does.
    /// - Throws: ``ClientError`` when there are no descriptors left.
    public init(
        queue: UploadQueue, socket: HookSocket, uploader: any HookUploading, settings: HookSettings = HookSettings(),
        logger: Logger
    ) throws(ClientError) {
        let worker = QueueWorker(queue: queue, uploader: uploader, batchSize: settings.batchSize, logger: logger)
        self.queue = queue
        self.worker = worker
        self.settings = settings
        self.logger = logger
        listener = try HookListener(socket: socket, logger: logger) { requests in
            do throws(ClientError) {
                let paths = requests.flatMap(\.paths)
                // A request without paths has nothing to wait for.
                if !paths.isEmpty {
                    try queue.add(paths)
                    logger.debug("queued", metadata: ["paths": "\(paths.count)"])
                    worker.news.ring()
                }
                return requests.map { _ in .ok }
            } catch {
                logger.error("\(error.message)")
                return requests.map { $0.paths.isEmpty ? .ok : .error(error.message) }
            }
        }
    }

    /// Takes in no more, pushes what waits and lets ``run()`` return.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        listener.stop()
    }

    /// Works until it is stopped, or until it has been idle for as long as the settings say.
    ///
    /// Paths that could not be pushed stay in the queue for the next time.
    ///
    /// - Throws: ``ClientError`` with the code `queueFailed` when the queue cannot be read, or `cancelled`.
    public func run() async throws(ClientError) {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    await listener.run()
                    hasStoppedListening.store(true, ordering: .sequentiallyConsistent)
                    worker.news.ring()
                }
                defer { listener.stop() }
                try await worker.run {
                    hasStoppedListening.load(ordering: .sequentiallyConsistent)
                } idle: { start in
                    await idle(since: start)
                }
            }
        } catch {
            throw ClientError(wrapping: error)
        }
        try await worker.reportRest()
    }

    /// Waits for paths, and stops when none came for long enough.
    private func idle(since pushed: ContinuousClock.Instant) async {
        guard let timeout = settings.idleExitTimeout, !isStopping.load(ordering: .sequentiallyConsistent) else {
            return await worker.news.wait(atMost: nil)
        }
        guard let asked = listener.idleSince else {
            // Connections are short; whether they brought something is known when they end.
            return await worker.news.wait(atMost: .milliseconds(100))
        }
        let left = timeout - (.now - max(pushed, asked))
        guard left <= .zero else { return await worker.news.wait(atMost: left) }
        logger.info("stopping, since there was nothing to do for a while")
        stop()
    }
}

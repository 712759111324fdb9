public import Logging
internal import Synchronization

/// Pushes what appears in the local store.
///
/// The store's database numbers its paths as they become valid; it is asked for those after the last one it was asked for.
/// What is new goes into a queue, together with that number, so that nothing is missed or forgotten whenever the process
/// ends.
public final class StoreWatcher: Sendable {
    private let store: DatabaseStore
    private let queue: UploadQueue
    private let settings: WatchSettings
    private let logger: Logger
    private let worker: QueueWorker
    private let hasStoppedLooking = Atomic(false)
    private let stopping = WakeUp()
    private let isStopping = Atomic(false)

    /// How many paths are looked at in one transaction.
    private static let chunkSize = 1000

    /// Makes a watcher.
    ///
    /// - Parameters:
    ///   - store: The store, whose database has to be readable.
    ///   - queue: Where paths wait, and how far the store was looked through.
    ///   - uploader: What pushes them.
    ///   - settings: How it works.
    ///   - logger: Where it says what it does.
    public init(
        store: DatabaseStore, queue: UploadQueue, uploader: any HookUploading,
        settings: WatchSettings = WatchSettings(), logger: Logger
    ) {
        self.store = store
        self.queue = queue
        self.settings = settings
        self.logger = logger
        worker = QueueWorker(queue: queue, uploader: uploader, batchSize: settings.batchSize, logger: logger)
    }

    /// Looks a last time, pushes what waits and lets ``run()`` return.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        stopping.ring()
    }

    /// Finds out where to begin: where an earlier watcher stopped, or at the present end of the store.
    ///
    /// - Returns: How many paths wait from earlier.
    /// - Throws: ``ClientError`` with the code `databaseUnreadable` or `queueFailed`.
    public func prepare() async throws(ClientError) -> Int {
        let end = try await store.lastRegistration()
        let position = try await queue.position(in: store.database.path)
        if let position, position > end {
            logger.warning(
                "the store was made anew: it is watched from here on", metadata: ["database": "\(store.database.path)"])
        }
        if position.map({ $0 > end }) ?? true {
            try await queue.add([], upTo: end, in: store.database.path)
        }
        return try await queue.count()
    }

    /// Works until it is stopped.
    ///
    /// Paths that could not be pushed stay in the queue for the next time.
    ///
    /// - Throws: ``ClientError`` with the code `queueFailed` when the queue cannot be read, or `cancelled`.
    public func run() async throws(ClientError) {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    defer {
                        hasStoppedLooking.store(true, ordering: .sequentiallyConsistent)
                        worker.news.ring()
                    }
                    try await look()
                }
                try await worker.run {
                    hasStoppedLooking.load(ordering: .sequentiallyConsistent)
                } idle: { _ in
                    await worker.news.wait(atMost: nil)
                }
                try await group.waitForAll()
            }
        } catch {
            throw ClientError(wrapping: error)
        }
        try await worker.reportRest()
    }

    private func look() async throws(ClientError) {
        var problem = ""
        var position = try await queue.position(in: store.database.path) ?? 0
        while !Task.isCancelled {
            // Asked before the store is: what was built until then is found.
            let isLastLook = isStopping.load(ordering: .sequentiallyConsistent)
            do throws(ClientError) {
                position = try await takeNew(after: position)
                problem = ""
            } catch  where error.code == .databaseUnreadable {
                // It may be that somebody works on it; the same is not said every second.
                if error.message != problem { logger.warning("\(error.message) It is tried again.") }
                problem = error.message
            }
            if isLastLook { return }
            await stopping.wait(atMost: settings.interval)
        }
    }

    /// Brings the paths after a number into the queue.
    ///
    /// - Returns: The number of the last one.
    private func takeNew(after first: Int64) async throws(ClientError) -> Int64 {
        var position = first
        while true {
            let found = try await store.registrations(after: position, limit: Self.chunkSize)
            guard let last = found.last else { return position }
            let paths = found.map(\.path).filter { settings.includesDerivations || !$0.hasSuffix(".drv") }
            try await queue.add(paths, upTo: last.number, in: store.database.path)
            position = last.number
            guard !paths.isEmpty else { continue }
            logger.debug("found", metadata: ["paths": "\(paths.count)"])
            worker.news.ring()
        }
    }
}

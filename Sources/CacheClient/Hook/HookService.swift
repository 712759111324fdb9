public import Logging
internal import Synchronization

/// The daemon behind the post-build hook: it takes paths in, keeps them in a queue and pushes them.
public final class HookService: Sendable {
    private let queue: UploadQueue
    private let uploader: any HookUploading
    private let settings: HookSettings
    private let logger: Logger
    private let listener: HookListener
    private let isStopping = Atomic(false)
    private let hasStoppedListening = Atomic(false)
    /// Rings when there are paths, when the end has come, and when nobody is connected any more.
    private let news: WakeUp

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
        let news = WakeUp()
        self.queue = queue
        self.uploader = uploader
        self.settings = settings
        self.logger = logger
        self.news = news
        listener = try HookListener(socket: socket, logger: logger) { requests in
            do throws(ClientError) {
                let paths = requests.flatMap(\.paths)
                // A request without paths has nothing to wait for.
                if !paths.isEmpty {
                    try queue.add(paths)
                    logger.debug("queued", metadata: ["paths": "\(paths.count)"])
                    news.ring()
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
                    news.ring()
                }
                defer { listener.stop() }
                try await upload()
            }
        } catch {
            throw ClientError(wrapping: error)
        }
        let left = try await queue.count()
        if left > 0 {
            logger.warning(
                "not all could be pushed; the rest is tried at the next start", metadata: ["paths": "\(left)"])
        }
    }

    private func upload() async throws(ClientError) {
        var schedule = UploadSchedule()
        let start = ContinuousClock.now
        var idleSince = start
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            // Asked before the queue is: what came in until then is in it.
            if hasStoppedListening.load(ordering: .sequentiallyConsistent) { schedule.drain() }
            let batch = try await queue.first(settings.batchSize, excluding: schedule.heldBack)
            switch schedule.next(batch: batch, at: .now - start) {
            case .push(let paths):
                try await push(paths, &schedule, since: start)
                idleSince = .now
            case .wait(let until): await news.wait(atMost: until - (.now - start))
            case .idle: await idle(since: idleSince)
            case .finished: return
            }
        }
    }

    private func push(
        _ paths: [String], _ schedule: inout UploadSchedule, since start: ContinuousClock.Instant
    ) async throws(ClientError) {
        let outcome: HookOutcome
        do throws(ClientError) {
            outcome = try await uploader.push(paths)
        } catch  where error.code == .cancelled {
            throw error
        } catch {
            let names = paths.count == 1 ? paths[0] : "\(paths.count) paths"
            logger.warning("\(names) could not be pushed: \(error.message)")
            return schedule.note(failed: paths, error.code, at: .now - start)
        }
        for path in outcome.vanished { logger.warning("\(path) is not in the store any more and is left out") }
        try await queue.remove(outcome.pushed + outcome.vanished)
        schedule.note(done: outcome.pushed + outcome.vanished, isSuccess: outcome.summary != nil)
        if let summary = outcome.summary {
            logger.info(
                "pushed",
                metadata: [
                    "new": "\(summary.newPaths)", "cached": "\(summary.cachedPaths)",
                    "bytes_sent": "\(summary.bytesSent)",
                ])
        }
    }

    /// Waits for paths, and stops when none came for long enough.
    private func idle(since pushed: ContinuousClock.Instant) async {
        guard let timeout = settings.idleExitTimeout, !isStopping.load(ordering: .sequentiallyConsistent) else {
            return await news.wait(atMost: nil)
        }
        guard let asked = listener.idleSince else {
            // Connections are short; whether they brought something is known when they end.
            return await news.wait(atMost: .milliseconds(100))
        }
        let left = timeout - (.now - max(pushed, asked))
        guard left <= .zero else { return await news.wait(atMost: left) }
        logger.info("stopping, since there was nothing to do for a while")
        stop()
    }
}

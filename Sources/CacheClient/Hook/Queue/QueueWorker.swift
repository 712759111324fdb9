internal import Logging

/// Pushes what waits in a queue, again and again, until whoever fills it has ended.
final class QueueWorker: Sendable {
    private let queue: UploadQueue
    private let uploader: any HookUploading
    private let batchSize: Int
    private let logger: Logger
    /// Rings when there are paths, and when something else is to be looked at, such as the end.
    let news = WakeUp()

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - queue: Where paths wait.
    ///   - uploader: What pushes them.
    ///   - batchSize: How many are pushed together at most.
    ///   - logger: Where it says what it does.
    init(queue: UploadQueue, uploader: any HookUploading, batchSize: Int, logger: Logger) {
        self.queue = queue
        self.uploader = uploader
        self.batchSize = batchSize
        self.logger = logger
    }

    /// Pushes until the end has come and nothing is left that would succeed now.
    ///
    /// Paths that could not be pushed stay in the queue for the next time.
    ///
    /// - Parameters:
    ///   - isEnding: Whether nothing more will come into the queue.
    ///   - idle: Waits while the queue is empty, since an instant; it returns when there may be something to do.
    /// - Throws: ``ClientError`` with the code `queueFailed` when the queue cannot be read, or `cancelled`.
    func run(
        isEnding: () -> Bool, idle: (_ since: ContinuousClock.Instant) async -> Void
    ) async throws(ClientError) {
        var schedule = UploadSchedule()
        let start = ContinuousClock.now
        var idleSince = start
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            // Asked before the queue is: what came in until then is in it.
            if isEnding() { schedule.drain() }
            let batch = try await queue.first(batchSize, excluding: schedule.heldBack)
            switch schedule.next(batch: batch, at: .now - start) {
            case .push(let paths):
                try await push(paths, &schedule, since: start)
                idleSince = .now
            case .wait(let until): await news.wait(atMost: until - (.now - start))
            case .idle: await idle(idleSince)
            case .finished: return
            }
        }
    }

    /// Says how much is left for the next time.
    ///
    /// - Throws: ``ClientError`` with the code `queueFailed`.
    func reportRest() async throws(ClientError) {
        let left = try await queue.count()
        guard left > 0 else { return }
        logger.warning(
            "not all could be pushed; the rest is tried at the next start", metadata: ["paths": "\(left)"])
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
}

internal import Logging
internal import Synchronization

/// Tells the server which NARs are in the storage, many at a time, so that they are not sent again when this push is
/// given up.
final class UploadReports: Sendable {
    private struct State {
        var waiting: [String] = []
        /// Whether the server is too old to take more than one at a time.
        var takesSingleKeys = false

        mutating func takeAll() -> [String] {
            defer { waiting = [] }
            return waiting
        }
    }

    private let api: APIClient
    private let interval: Duration
    private let limit: Int
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - interval: How long a NAR waits for others at most.
    ///   - limit: How many are told at once.
    init(api: APIClient, interval: Duration, limit: Int = 64, logger: Logger) {
        self.api = api
        self.interval = interval
        self.limit = limit
        self.logger = logger
    }

    /// Tells of a NAR, soon; at once when enough are waiting, so that no more do.
    func add(_ key: String) async {
        let due = state.withLock { state -> [String] in
            state.waiting.append(key)
            return state.waiting.count >= limit || state.takesSingleKeys ? state.takeAll() : []
        }
        await send(due)
    }

    /// Does some work, and meanwhile tells of what waits. What then still waits is not told of: the work was completed.
    func during(_ work: () async throws(ClientError) -> Void) async throws(ClientError) {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        try await Task.sleep(for: self.interval)
                        await self.send(self.state.withLock { $0.takeAll() })
                    }
                }
                defer { group.cancelAll() }
                try await work()
            }
        } catch {
            throw ClientError(wrapping: error)
        }
    }

    private func send(_ keys: [String]) async {
        guard !keys.isEmpty else { return }
        do throws(ClientError) {
            if !state.withLock({ $0.takesSingleKeys }) {
                do throws(ClientError) {
                    return try await api.uploaded(keys)
                } catch  where error.code == .notFound {
                    state.withLock { $0.takesSingleKeys = true }
                }
            }
            for key in keys { try await api.uploadCompleted(key) }
        } catch {
            logger.debug("\(keys.count) NARs were not registered: \(error.message)")
        }
    }
}

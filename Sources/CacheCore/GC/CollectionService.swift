public import Logging
import Synchronization

/// The collections of a cache, over the two stores.
///
/// ``begin(_:)`` begins a run and ``run()`` does it: a server has one task that runs it all the time. Everything a run
/// has done is in the metadata store, so that any server can say how far it is, and the next run finishes what a crash
/// left half done. No lock of the metadata store is held while the object store is called.
public final class CollectionService: Sendable {
    let uploads: UploadService
    let metadata: any CollectionStore
    let pins: PinService?
    let settings: CollectionSettings
    let onEnd: @Sendable (CollectionReport) -> Void
    let logger: Logger
    private let state = Mutex(State())

    /// A run that was begun here.
    struct Job: Sendable {
        var run: CollectionRun
        var limits: CollectionLimits
    }

    private struct State {
        var waiting: [Job] = []
        var wake: CheckedContinuation<Void, Never>?
        var isStopping = false
    }

    /// Makes the service.
    /// - Parameters:
    ///   - metadata: the store that `uploads` works with.
    ///   - uploads: the uploads of the same cache, which a collection finishes, gives up and cleans up after.
    ///   - pins: the pins of the same cache, whose objects a collection repairs; nil to leave them.
    ///   - settings: times and sizes.
    ///   - hook: awaited before and after each call to a store.
    ///   - onEnd: is told how a collection ended that no other server took over, for metrics; must not block.
    ///   - logger: for what cannot be told to a caller.
    public init(
        metadata: any CollectionStore, uploads: UploadService, pins: PinService? = nil,
        settings: CollectionSettings, hook: (any LifecycleHook)? = nil,
        onEnd: @escaping @Sendable (CollectionReport) -> Void = { _ in }, logger: Logger
    ) {
        self.metadata = hook.map { HookedCollectionStore(metadata, hook: $0) } ?? metadata
        self.uploads = uploads
        self.pins = pins
        self.settings = settings
        self.onEnd = onEnd
        self.logger = logger
    }

    var times: LifecycleTimes { settings.times }

    /// Begins a collection, or finds the one that runs already.
    /// - Returns: its status. The caller compares the parameters: another collection's may differ.
    /// - Throws: ``CacheError``: `invalidRequest` for durations that cannot be used, `unavailable` while the server stops.
    public func begin(_ parameters: GCParameters) async throws(CacheError) -> CollectionBegin {
        let limits = try CollectionLimits(parameters)
        guard !isStopping else { throw CollectionService.stopped }
        let outcome = try await metadata.beginCollection(parameters, heartbeatLimit: times.heartbeatLimit)
        if case .begun(let run, _) = outcome { enqueue(Job(run: run, limits: limits)) }
        return outcome
    }

    /// Does a whole collection.
    /// - Returns: how it ended, or how far the one is that took it over.
    /// - Throws: ``CacheError`` as ``begin(_:)`` does; `conflict` while another collection runs.
    public func collect(_ parameters: GCParameters) async throws(CacheError) -> GCStatusResponse {
        let limits = try CollectionLimits(parameters)
        switch try await metadata.beginCollection(parameters, heartbeatLimit: times.heartbeatLimit) {
        case .running(let status):
            throw CacheError(
                .conflict, "A collection has been running since \(status.startedAt); wait until it has ended.")
        case .begun(let run, let status):
            await perform(Job(run: run, limits: limits))
            return try await self.status() ?? status
        }
    }

    /// The collection that runs, or the last one; nil when there never was one.
    public func status() async throws(CacheError) -> GCStatusResponse? {
        try await metadata.collectionStatus(heartbeatLimit: times.heartbeatLimit)
    }

    /// Whether it is time for another collection.
    /// - Parameters:
    ///   - interval: from the beginning of one to that of the next.
    ///   - delay: from the beginning of one that failed to that of the next.
    /// - Returns: false while one runs.
    public func isDue(every interval: Duration, retryAfter delay: Duration) async throws(CacheError) -> Bool {
        guard let last = try await status() else { return true }
        let now = try await uploads.metadata.instant()
        return switch last.state {
        case .running: false
        case .succeeded: last.startedAt + interval <= now
        case .failed: last.startedAt + delay <= now
        }
    }

    /// Does the collections that are begun here, one after the other, until ``stop()``.
    public func run() async {
        while let job = await next() { await perform(job) }
    }

    /// Has ``run()`` end. A collection under way stops between two steps and counts as failed.
    public func stop() {
        let wake = state.withLock { state in
            state.isStopping = true
            defer { state.wake = nil }
            return state.wake
        }
        wake?.resume()
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    static let stopped = CacheError(.unavailable, "The server stops; start the collection again when it is back.")

    /// No more runs wait than there were take-overs: one that is under way keeps others from beginning.
    private func enqueue(_ job: Job) {
        let wake = state.withLock { state in
            state.waiting.append(job)
            defer { state.wake = nil }
            return state.wake
        }
        wake?.resume()
    }

    private func next() async -> Job? {
        while true {
            let (job, isStopping) = state.withLock { state in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isStopping)
            }
            if let job { return job }
            if isStopping { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.waiting.isEmpty, !state.isStopping else { return true }
                    state.wake = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }
}

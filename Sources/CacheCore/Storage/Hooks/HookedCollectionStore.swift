/// A collection store that awaits a hook before and after each transaction.
struct HookedCollectionStore: CollectionStore {
    private let base: any CollectionStore
    private let hook: any LifecycleHook

    init(_ base: any CollectionStore, hook: any LifecycleHook) {
        self.base = base
        self.hook = hook
    }

    private func around<Value>(
        _ name: String, _ subject: String = "",
        _ body: (any CollectionStore) async throws(CacheError) -> Value
    ) async throws(CacheError) -> Value {
        let step = LifecycleStep(store: .metadata, name: name, subject: subject)
        do { try await hook.willCall(step) } catch { throw .processStopped }
        let result: Result<Value, CacheError>
        do { result = .success(try await body(base)) } catch { result = .failure(error) }
        do { try await hook.didCall(step) } catch { throw .processStopped }
        return try result.get()
    }

    func beginCollection(
        _ parameters: GCParameters, heartbeatLimit: Duration
    ) async throws(CacheError) -> CollectionBegin {
        try await around("beginCollection") { base throws(CacheError) in
            try await base.beginCollection(parameters, heartbeatLimit: heartbeatLimit)
        }
    }

    func reportCollection(
        _ run: CollectionRun, phase: CollectionPhase?, statistics: GCStatistics
    ) async throws(CacheError) -> Bool {
        try await around("reportCollection", "\(run)") { base throws(CacheError) in
            try await base.reportCollection(run, phase: phase, statistics: statistics)
        }
    }

    func endCollection(
        _ run: CollectionRun, _ end: CollectionEnd, statistics: GCStatistics
    ) async throws(CacheError) -> Bool {
        try await around("endCollection", "\(run)") { base throws(CacheError) in
            try await base.endCollection(run, end, statistics: statistics)
        }
    }

    func collectionStatus(heartbeatLimit: Duration) async throws(CacheError) -> GCStatusResponse? {
        try await around("collectionStatus") { base throws(CacheError) in
            try await base.collectionStatus(heartbeatLimit: heartbeatLimit)
        }
    }

    func unregisteredMultiparts(
        _ multiparts: [MultipartPage.Marker]
    ) async throws(CacheError) -> [MultipartPage.Marker] {
        try await around("unregisteredMultiparts") { base throws(CacheError) in
            try await base.unregisteredMultiparts(multiparts)
        }
    }

    func expireClosures(olderThan age: Duration, limit: Int, run: CollectionRun) async throws(CacheError) -> Int? {
        try await around("expireClosures", "\(run)") { base throws(CacheError) in
            try await base.expireClosures(olderThan: age, limit: limit, run: run)
        }
    }

    func loadPlan(_ limits: PlanLimits, run: CollectionRun?) async throws(CacheError) -> GCPlanner? {
        try await around("loadPlan", run.map { "\($0)" } ?? "") { base throws(CacheError) in
            try await base.loadPlan(limits, run: run)
        }
    }

    func revive(_ objects: [ObjectID], run: CollectionRun) async throws(CacheError) -> Int? {
        try await around("revive", "\(run)") { base throws(CacheError) in
            try await base.revive(objects, run: run)
        }
    }

    func condemn(_ objects: [ObjectID], force: Bool, run: CollectionRun) async throws(CacheError) -> Int? {
        try await around("condemn", "\(run)") { base throws(CacheError) in
            try await base.condemn(objects, force: force, run: run)
        }
    }

    func endCollecting(_ run: CollectionRun) async throws(CacheError) -> Bool {
        try await around("endCollecting", "\(run)") { base throws(CacheError) in
            try await base.endCollecting(run)
        }
    }

    func beginSweep(_ request: SweepRequest, run: CollectionRun) async throws(CacheError) -> SweepBatch? {
        try await around("beginSweep", "\(run)") { base throws(CacheError) in
            try await base.beginSweep(request, run: run)
        }
    }

    func endSweep(_ batch: SweepBatch, gone: [ObjectID], run: CollectionRun) async throws(CacheError) -> Int? {
        try await around("endSweep", "\(run)") { base throws(CacheError) in
            try await base.endSweep(batch, gone: gone, run: run)
        }
    }

    func vacuum() async throws(CacheError) {
        try await around("vacuum") { base throws(CacheError) in try await base.vacuum() }
    }

    func keys(of objects: [ObjectID]) async throws(CacheError) -> [ObjectID: String] {
        try await around("keys") { base throws(CacheError) in try await base.keys(of: objects) }
    }
}

/// What a collection asks of the store that also is a ``MetadataStore``.
///
/// Each method is one transaction. Those that take a run begin by looking whether it is still the current one, under a
/// lock that keeps it so until they end; they answer nil or false when it was taken over, and have changed nothing.
/// Methods throw ``CacheError`` when the store itself fails.
public protocol CollectionStore: Sendable {
    // MARK: Runs

    /// Begins a run, unless another one is under way that gave a sign of life within `heartbeatLimit`.
    func beginCollection(
        _ parameters: GCParameters, heartbeatLimit: Duration
    ) async throws(CacheError) -> CollectionBegin

    /// Gives a sign of life and says how far the run is.
    func reportCollection(
        _ run: CollectionRun, phase: CollectionPhase?, statistics: GCStatistics
    ) async throws(CacheError) -> Bool

    /// Ends the run.
    func endCollection(
        _ run: CollectionRun, _ end: CollectionEnd, statistics: GCStatistics
    ) async throws(CacheError) -> Bool

    /// The run that is under way, or the last one; nil when there never was one.
    ///
    /// One that gave no sign of life within `heartbeatLimit` has failed.
    func collectionStatus(heartbeatLimit: Duration) async throws(CacheError) -> GCStatusResponse?

    // MARK: Steps

    /// Which of some multipart uploads of the object store no upload has begun.
    func unregisteredMultiparts(
        _ multiparts: [MultipartPage.Marker]
    ) async throws(CacheError) -> [MultipartPage.Marker]

    /// Deletes closures that are this old or older and not pinned, with their extras.
    /// - Returns: how many; 0 when there are no more.
    func expireClosures(
        olderThan age: Duration, limit: Int, run: CollectionRun
    ) async throws(CacheError) -> Int?

    /// Loads objects, closures, extras and claims, all at one instant.
    /// - Parameters:
    ///   - limits: how much of it may be loaded.
    ///   - run: nil for a plan that nothing is done by.
    func loadPlan(_ limits: PlanLimits, run: CollectionRun?) async throws(CacheError) -> GCPlanner?

    /// Makes condemned objects live again.
    /// - Returns: how many.
    func revive(_ objects: [ObjectID], run: CollectionRun) async throws(CacheError) -> Int?

    /// Condemns live objects that nobody claims, and gives up uploading ones that can be written no more. Only while the
    /// run is collecting.
    /// - Parameters:
    ///   - objects: at most 1,000, unreachable in the plan of this run.
    ///   - force: gives also uploading objects up that a client may still write.
    ///   - run: the collection that condemns them.
    /// - Returns: how many.
    func condemn(_ objects: [ObjectID], force: Bool, run: CollectionRun) async throws(CacheError) -> Int?

    /// Ends collecting: from now on uploads that complete delete their claims themselves.
    func endCollecting(_ run: CollectionRun) async throws(CacheError) -> Bool

    /// Takes objects to delete, which nobody claims and which are not busy: they are deleting from now on.
    func beginSweep(_ request: SweepRequest, run: CollectionRun) async throws(CacheError) -> SweepBatch?

    /// Takes note that bytes are gone. The row goes too, unless a client may have been able to write when the delete began;
    /// such an object is free, and deleted again by a later run.
    /// - Parameters:
    ///   - batch: what ``beginSweep(_:run:)`` answered.
    ///   - gone: which of its objects the object store called gone for certain.
    ///   - run: the collection that deletes them.
    /// - Returns: how many of them count as deleted now; each counts once.
    func endSweep(_ batch: SweepBatch, gone: [ObjectID], run: CollectionRun) async throws(CacheError) -> Int?

    /// Tidies the database up; takes no lock that a push would wait for.
    func vacuum() async throws(CacheError)

    /// The keys of some objects, as far as there are any.
    func keys(of objects: [ObjectID]) async throws(CacheError) -> [ObjectID: String]
}

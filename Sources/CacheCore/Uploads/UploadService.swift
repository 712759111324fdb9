public import Logging

/// The uploads of a cache.
public final class UploadService: Sendable {
    /// Makes the service.
    public init(
        metadata: any MetadataStore, objects: any ObjectStore, settings: UploadSettings,
        hook: (any LifecycleHook)? = nil, logger: Logger
    ) {
        self.metadata = metadata
        self.objects = objects
        self.settings = settings
        self.logger = logger
    }
    let metadata: any MetadataStore
    let objects: any ObjectStore
    let settings: UploadSettings
    let logger: Logger

    private var later: CacheError { CacheError(.internal, "This is being written.") }

    /// Begins an upload.
    public func create(
        _ request: CreateUploadRequest, origin: URLOrigin?
    ) async throws(CacheError) -> CreateUploadResponse { throw later }
    /// Signs narinfos.
    public func sign(_ id: String, _ request: SignRequest) async throws(CacheError) -> SignResponse { throw later }
    /// Completes an upload.
    public func complete(_ id: String) async throws(CacheError) { throw later }
    /// Makes more part URLs.
    public func requestParts(
        _ request: PartsRequest, origin: URLOrigin?
    ) async throws(CacheError) -> PartsResponse { throw later }
    /// Completes a multipart upload.
    public func completeMultipart(_ request: CompleteMultipartRequest) async throws(CacheError) { throw later }
    /// Whether the bucket has an object.
    public func objectExists(_ key: String) async throws(CacheError) -> Bool { throw later }
    /// Takes note of a single PUT that was answered.
    public func uploadCompleted(_ key: String) async throws(CacheError) { throw later }
    /// Which keys are roots; they are touched.
    public func present(_ keys: [String]) async throws(CacheError) -> [String] { throw later }
    /// Gives up open uploads that are older.
    public func dropUploads(olderThan age: Duration) async throws(CacheError) { throw later }
    /// What a closure keeps.
    public func closure(_ key: String) async throws(CacheError) -> ClosureResponse? { throw later }
    /// What the cache holds.
    public func statistics() async throws(CacheError) -> CacheStatistics { throw later }
    /// How many uploads are not finished.
    public func pendingUploads() async throws(CacheError) -> Int64 { throw later }
    /// Finishes what a crash left.
    public func resume() async {}
    /// Whether both stores answer.
    public func ready() async throws(CacheError) { throw later }
}

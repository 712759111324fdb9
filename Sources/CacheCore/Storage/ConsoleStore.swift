/// What the page for whoever runs a cache asks of the store that also is a ``MetadataStore``. Each method is one
/// transaction.
public protocol ConsoleStore: Sendable {
    /// Takes note of how much the cache holds now. For each stretch of time the latest note stays, and what is older than
    /// its resolution is kept for goes.
    func recordSample() async throws(CacheError)

    /// The notes of a resolution, the oldest first.
    func samples(_ resolution: SampleResolution) async throws(CacheError) -> [CacheSample]

    /// Uploads that there is still a row of, the newest first.
    /// - Parameter limit: at most so many.
    func uploads(limit: Int) async throws(CacheError) -> [UploadSummary]

    /// Collections that have ended, the newest first, as far as they are kept.
    func finishedCollections() async throws(CacheError) -> [GCStatusResponse]

    /// Keeps what a check has found.
    func recordCheck(_ report: FsckReport) async throws(CacheError)

    /// What checks have found, the newest first, as far as it is kept.
    func checks() async throws(CacheError) -> [FsckReport]

    /// The number of an object; nil when there is no row of it.
    func objectID(of key: String) async throws(CacheError) -> ObjectID?
}

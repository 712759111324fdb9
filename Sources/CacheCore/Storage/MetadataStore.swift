/// What the cache knows about its objects, closures and uploads.
public protocol MetadataStore: Sendable {
    /// The store's clock.
    func instant() async throws(CacheError) -> Timestamp
    /// Checks that the store answers.
    func ping() async throws(CacheError)
}

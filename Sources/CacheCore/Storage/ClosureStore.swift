/// What listing and deleting closures ask of the store that also is a ``MetadataStore``. Each method is one transaction.
public protocol ClosureStore: Sendable {
    /// Closures in byte order of their keys.
    /// - Parameters:
    ///   - search: only those whose store path holds this, in either case, or is not known; empty for all.
    ///   - after: only keys after this one.
    ///   - limit: at most so many.
    func closures(matching search: String, after: String, limit: Int) async throws(CacheError) -> [ClosureRecord]

    /// The sizes of all objects that some closures keep, as they are stored, in bytes.
    func closureSizes(_ keys: [String]) async throws(CacheError) -> [String: Int64]

    /// Keeps the store paths of closures, by key.
    func nameClosures(_ storePaths: [String: String]) async throws(CacheError)

    /// Deletes a closure that no pin keeps. What only it needed is for the next collection.
    func removeClosure(_ key: String) async throws(CacheError) -> ClosureRemoval
}

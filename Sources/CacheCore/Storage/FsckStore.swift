/// What a check of the cache asks of the store that also is a ``MetadataStore``.
///
/// Each method is one transaction. Those that change something look again at what they were told, under locks, and change
/// nothing when it is another by now. Methods throw ``CacheError`` when the store itself fails.
public protocol FsckStore: Sendable {
    // MARK: Looking

    /// Objects by ascending key, in byte order.
    /// - Parameters:
    ///   - after: only keys after this one.
    ///   - limit: at most so many.
    func inspect(after: String, limit: Int) async throws(CacheError) -> [InspectedObject]

    /// The objects of some keys, as far as there are any, by ascending key.
    func inspect(_ keys: [String]) async throws(CacheError) -> [InspectedObject]

    /// The states of some keys, as far as there are objects.
    func states(of keys: [String]) async throws(CacheError) -> [String: ObjectState]

    /// What roots reach and need, narinfos and NARs, that is neither live nor being published; also numbers without a row.
    /// - Returns: the numbers, ascending.
    func incompleteObjects() async throws(CacheError) -> [ObjectID]

    /// The same of one root.
    /// - Returns: at most `limit` of them.
    func incompleteObjects(
        ofClosure key: String, limit: Int
    ) async throws(CacheError) -> [InspectedObject.Reference]

    /// The objects that refer to any of some others.
    /// - Parameter objects: at most 10,000; they need no rows.
    func referrers(of objects: [ObjectID]) async throws(CacheError) -> [ObjectID]

    /// The keys of the roots that are, or keep as an extra, any of some objects.
    func closures(keeping objects: [ObjectID]) async throws(CacheError) -> [String]

    // MARK: Changing

    /// Inserts objects that there is no row for, and that nobody claims: a collection deletes them.
    /// - Parameters:
    ///   - keys: what the bucket holds.
    ///   - state: `uploading`, or `deleting` for what another server had begun to delete.
    /// - Returns: how many were inserted.
    func adopt(_ keys: [ObjectKey], as state: ObjectState) async throws(CacheError) -> Int

    /// Writes the refs of an object that is still as it was inspected, live, and claimed by no other upload.
    /// - Parameters:
    ///   - object: as it was inspected.
    ///   - refs: some of the refs it has.
    ///   - upload: the upload that claims it for the check.
    /// - Returns: whether they were written.
    func cutReferences(
        of object: InspectedObject, to refs: [ObjectID], upload: UploadID
    ) async throws(CacheError) -> Bool

    /// Writes the size of an object that is still live and of the size it was inspected with.
    /// - Parameters:
    ///   - object: as it was inspected.
    ///   - size: in bytes.
    /// - Returns: whether it was written.
    func correctSize(of object: InspectedObject, to size: Int64) async throws(CacheError) -> Bool
}

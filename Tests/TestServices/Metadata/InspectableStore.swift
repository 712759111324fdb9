public import CacheCore
public import CacheStorage

/// A metadata store whose contents a test can look at.
public protocol InspectableStore: MetadataStore, CollectionStore, PinStore, ClosureStore, FsckStore, ImportStore,
    ResignStore, ConsoleStore
{
    /// All objects, closures and uploads at one instant.
    func snapshot() async throws(CacheError) -> LifecycleSnapshot

    /// Closes the store; calls that come later fail.
    func close() throws(CacheError)
}

extension SQLiteStore: InspectableStore {}
extension PostgresStore: InspectableStore {}

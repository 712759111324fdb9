/// Counts that the metadata store keeps.
public struct StoreStatistics: Hashable, Sendable {
    /// How many objects are live or condemned.
    public var objects: Int64
    /// The sum of their sizes in bytes, as stored.
    public var bytes: Int64
    /// How many uploads are open or publishing.
    public var pendingUploads: Int64

    /// Makes statistics.
    public init(objects: Int64, bytes: Int64, pendingUploads: Int64) {
        self.objects = objects
        self.bytes = bytes
        self.pendingUploads = pendingUploads
    }
}

/// How much a cache held at an instant.
public struct CacheSample: Hashable, Sendable {
    /// The instant.
    public var at: Timestamp
    /// How many objects there were.
    public var objects: Int64
    /// Their bytes, as stored.
    public var bytes: Int64
    /// How many uploads were open or being published.
    public var pendingUploads: Int64

    /// Makes a note.
    public init(at: Timestamp, objects: Int64, bytes: Int64, pendingUploads: Int64) {
        self.at = at
        self.objects = objects
        self.bytes = bytes
        self.pendingUploads = pendingUploads
    }
}

/// What signing anew asks of the store that also is a ``MetadataStore`` and a ``FsckStore``. Each method is one transaction.
public protocol ResignStore: Sendable {
    /// Makes live objects that an upload claims busy until `instant + busyPeriod`, so that their texts can be written anew.
    ///
    /// The upload is publishing from the first call on: nobody drops it and its claims meanwhile. References do not change,
    /// so what is written must have those of the text that is there.
    /// - Returns: leave to write them; nil when the upload is neither open nor publishing.
    func beginRewriting(
        _ objects: [ObjectID], upload: UploadID, busyPeriod: Duration
    ) async throws(CacheError) -> RewriteLease?
}

/// Leave to write the texts of some live objects anew, which are busy from ``instant`` on.
public struct RewriteLease: Hashable, Sendable {
    /// The instant from which the busy periods were computed; the writes are dated with it.
    public var instant: Timestamp
    /// The objects that still are live.
    public var objects: Set<ObjectID>

    /// Makes a lease.
    public init(instant: Timestamp, objects: Set<ObjectID>) {
        self.instant = instant
        self.objects = objects
    }
}

/// The database of another server, from which a cache is taken over while that server is stopped.
///
/// Nothing is changed in it. Methods throw ``CacheError``: `conflict` when the other server is at work, `unavailable` when
/// the database does not answer.
public protocol ImportSource: Sendable {
    /// The uploads that were begun and not completed.
    func uploads() async throws(CacheError) -> [ForeignUpload]

    /// The objects that an upload lists, by ascending key.
    func objects(
        of upload: ForeignUpload, after: String, limit: Int
    ) async throws(CacheError) -> [ForeignObject]

    /// The multipart uploads that were begun for an upload.
    func multiparts(of upload: ForeignUpload) async throws(CacheError) -> [MultipartPage.Marker]

    /// The roots with the times when they were last pushed, by ascending key.
    func closures(after: String, limit: Int) async throws(CacheError) -> [ForeignClosure]

    /// What some objects refer to.
    func references(of keys: [String]) async throws(CacheError) -> [String: [String]]

    /// All objects, by ascending key.
    func objects(after: String, limit: Int) async throws(CacheError) -> [ForeignObject]

    /// All pins, by name, each with the key of the narinfo it keeps.
    func pins() async throws(CacheError) -> [ForeignPin]
}

/// An upload of another server.
public struct ForeignUpload: Hashable, Sendable {
    /// Its number over there.
    public var id: Int64
    /// The keys of its roots.
    public var roots: [String]
    /// When it was begun.
    public var startedAt: Timestamp

    /// Makes an upload.
    public init(id: Int64, roots: [String], startedAt: Timestamp) {
        self.id = id
        self.roots = roots
        self.startedAt = startedAt
    }
}

/// A root of another server.
public struct ForeignClosure: Hashable, Sendable {
    /// The key of its top narinfo.
    public var key: String
    /// When it was last pushed.
    public var updatedAt: Timestamp

    /// Makes a root.
    public init(key: String, updatedAt: Timestamp) {
        self.key = key
        self.updatedAt = updatedAt
    }
}

/// An object of another server.
public struct ForeignObject: Hashable, Sendable {
    /// Its key, which need not be one of this server's.
    public var key: String
    /// The keys it refers to.
    public var refs: [String]
    /// Whether it was to be deleted.
    public var isDeleted: Bool

    /// Makes an object.
    public init(key: String, refs: [String] = [], isDeleted: Bool = false) {
        self.key = key
        self.refs = refs
        self.isDeleted = isDeleted
    }
}

/// A pin of another server.
public struct ForeignPin: Hashable, Sendable {
    /// The pin.
    public var pin: Pin
    /// The key of the narinfo it keeps.
    public var closure: String

    /// Makes a pin.
    public init(pin: Pin, closure: String) {
        self.pin = pin
        self.closure = closure
    }
}

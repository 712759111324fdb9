/// All that a metadata store holds about objects, closures and uploads at one instant, for checks.
public struct LifecycleSnapshot: Sendable {
    /// An object's row.
    public struct Object: Hashable, Sendable {
        /// Its number.
        public var id: ObjectID
        /// Its key.
        public var key: String
        /// Its state.
        public var state: ObjectState
        /// What it refers to.
        public var refs: [ObjectID]
        /// Until when a client's request may still create it.
        public var writableUntil: Timestamp
        /// Until when a request of the server's own may still change it.
        public var busyUntil: Timestamp

        /// Makes a row.
        public init(
            id: ObjectID, key: String, state: ObjectState, refs: [ObjectID], writableUntil: Timestamp,
            busyUntil: Timestamp
        ) {
            self.id = id
            self.key = key
            self.state = state
            self.refs = refs
            self.writableUntil = writableUntil
            self.busyUntil = busyUntil
        }
    }

    /// An upload's row.
    public struct Upload: Hashable, Sendable {
        /// Its number.
        public var id: UploadID
        /// How far it is.
        public var state: UploadState
        /// The keys of its roots.
        public var roots: [String]

        /// Makes a row.
        public init(id: UploadID, state: UploadState, roots: [String]) {
            self.id = id
            self.state = state
            self.roots = roots
        }
    }

    /// A claim's row.
    public struct Claim: Hashable, Sendable {
        /// The claiming upload.
        public var upload: UploadID
        /// The claimed object.
        public var object: ObjectID
        /// Whether the upload is to write it.
        public var isPublished: Bool

        /// Makes a row.
        public init(upload: UploadID, object: ObjectID, isPublished: Bool) {
            self.upload = upload
            self.object = object
            self.isPublished = isPublished
        }
    }

    /// A root's row, with its extras.
    public struct Closure: Hashable, Sendable {
        /// The key of the top narinfo.
        public var key: String
        /// The top narinfo.
        public var object: ObjectID
        /// What it keeps although nothing references it.
        public var extras: [ObjectID]
        /// When it was pushed last.
        public var updatedAt: Timestamp
        /// Whether a name keeps it at the instant of the snapshot.
        public var isPinned: Bool

        /// Makes a row.
        public init(key: String, object: ObjectID, extras: [ObjectID], updatedAt: Timestamp, isPinned: Bool) {
            self.key = key
            self.object = object
            self.extras = extras
            self.updatedAt = updatedAt
            self.isPinned = isPinned
        }
    }

    /// The instant of the snapshot.
    public var instant: Timestamp
    /// All objects by number.
    public var objects: [ObjectID: Object]
    /// All uploads.
    public var uploads: [UploadID: Upload]
    /// All claims.
    public var claims: [Claim]
    /// All roots.
    public var closures: [Closure]
    /// The sum of the appended statistics: how many objects are live or condemned.
    public var countedObjects: Int64

    /// Makes a snapshot.
    public init(
        instant: Timestamp, objects: [ObjectID: Object], uploads: [UploadID: Upload], claims: [Claim],
        closures: [Closure], countedObjects: Int64
    ) {
        self.instant = instant
        self.objects = objects
        self.uploads = uploads
        self.claims = claims
        self.closures = closures
        self.countedObjects = countedObjects
    }
}

/// Finds out what a collection may delete.
///
/// Rows are added in any order, as they stream in from a database; then ``plan()`` walks the references. It is a pure
/// function of what was added, of the instant and of the retention. For each object it keeps 25 bytes, for each reference 4,
/// and for the numbers of the objects at most 32 bytes each.
///
/// ```swift
/// var planner = GCPlanner(now: now, retention: GCRetention(grace: .seconds(6 * 3600)))
/// planner.add(GCObject(id: 1, state: .live, size: 500), refs: [2])
/// planner.add(GCObject(id: 2, state: .live, size: 9000))
/// planner.addClosure(1, updatedAt: now)
/// let plan = planner.plan()
/// ```
public struct GCPlanner: Sendable {
    /// The instant of the snapshot that the rows are from.
    public let now: Timestamp
    /// What is kept.
    public let retention: GCRetention

    var numbers: [ObjectID] = []
    var sizes: [Int64] = []
    var traits: [Traits] = []
    /// Where the references of each object begin.
    var begins: [UInt32] = []
    var references = ReferenceColumn()
    var roots: [Root] = []
    var expired: [ExpiredClosure] = []
    var droppedUploads: Set<UploadID> = []

    /// What of an object's state matters to the plan.
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt8
        /// It is condemned when it is unreachable, or given up.
        static let isCondemnable = Traits(rawValue: 1)
        /// It is deleted when it is unreachable.
        static let isSweepable = Traits(rawValue: 2)
        /// It was condemned by an earlier collection.
        static let isCondemned = Traits(rawValue: 4)
    }

    /// A root, and the object it keeps.
    struct Root: Sendable {
        var object: ObjectID
        var reason: GCRoot
    }

    /// Makes a planner without any rows.
    /// - Parameters:
    ///   - now: the instant of the snapshot that the rows are from.
    ///   - retention: what is kept, and for how long.
    public init(now: Timestamp, retention: GCRetention) {
        self.now = now
        self.retention = retention
    }

    /// How many objects were added.
    public var objectCount: Int { numbers.count }
    /// How many references were added.
    public var referenceCount: Int { references.count }

    /// Makes room, where the numbers are known beforehand.
    public mutating func reserve(objects: Int, references: Int) {
        numbers.reserveCapacity(objects)
        sizes.reserveCapacity(objects)
        traits.reserveCapacity(objects)
        begins.reserveCapacity(objects + 1)
        self.references.reserve(references)
    }

    /// Adds an object, each once. Its references follow, by ``addReference(_:)``.
    public mutating func add(_ object: GCObject) {
        var traits: Traits = []
        if retention.allowsCondemning(object, now: now) { traits.insert(.isCondemnable) }
        if retention.allowsSweep(object, now: now) { traits.insert(.isSweepable) }
        if object.state == .condemned { traits.insert(.isCondemned) }
        numbers.append(object.id)
        sizes.append(object.size)
        self.traits.append(traits)
        begins.append(UInt32(references.count))
    }

    /// Adds a reference of the object that was added last. It may lead to that object itself, to one that comes later,
    /// or to none.
    public mutating func addReference(_ target: ObjectID) {
        references.append(target)
    }

    /// Adds an object with its references.
    public mutating func add(_ object: GCObject, refs: some Sequence<ObjectID>) {
        add(object)
        for target in refs { addReference(target) }
    }

    /// Adds a closure, which keeps its top narinfo and all that this one reaches, if it is young enough or pinned.
    /// - Parameters:
    ///   - object: the top narinfo.
    ///   - updatedAt: when the closure was last pushed.
    ///   - isPinned: whether a name keeps it whatever its age.
    public mutating func addClosure(_ object: ObjectID, updatedAt: Timestamp, isPinned: Bool = false) {
        if let cutoff = retention.closureCutoff, updatedAt <= cutoff, !isPinned {
            expired.append(ExpiredClosure(object: object, updatedAt: updatedAt))
        } else {
            roots.append(Root(object: object, reason: .closure))
        }
    }

    /// Adds an object that a closure keeps beside what its references reach.
    /// - Parameters:
    ///   - object: what is kept.
    ///   - closure: the closure's top narinfo. The closure itself is added before or after.
    public mutating func addExtra(_ object: ObjectID, closure: ObjectID) {
        roots.append(Root(object: object, reason: .extra(closure: closure)))
    }

    /// Adds an upload that is open. Others need not be added.
    public mutating func addOpenUpload(_ upload: UploadID, startedAt: Timestamp) {
        if let cutoff = retention.uploadCutoff, startedAt <= cutoff { droppedUploads.insert(upload) }
    }

    /// Adds a claim, which keeps its object unless the upload is open and too old. The upload itself, if it is open, is
    /// added before or after.
    public mutating func addClaim(_ object: ObjectID, upload: UploadID) {
        roots.append(Root(object: object, reason: .claim(upload)))
    }

    /// Walks from the roots over the references.
    public consuming func plan() -> GCPlan {
        GCPlan(self)
    }
}

/// What a collection may delete, and why it keeps the rest.
public struct GCPlan: Sendable {
    /// The instant of the snapshot it was made from.
    public let instant: Timestamp
    /// What no root reaches.
    public let unreachable: GCObjectSet
    /// What of it a collection condemns, or gives up because it never arrived.
    public let condemnable: GCObjectSet
    /// What of it the same collection would delete.
    public let sweepable: GCObjectSet
    /// What a root reaches although an earlier collection condemned it. There should be none.
    public let reachableCondemned: GCObjectSet
    /// The closures that were too old, the oldest first.
    public let expiredClosures: [ExpiredClosure]
    /// How many open uploads were too old.
    public let droppedUploads: Int
    /// How many references lead to an object that has no row. There should be none.
    public let danglingReferences: Int

    private let numbers: [ObjectID]
    private let sizes: [Int64]
    private let positions: DenseNumbers
    private let roots: [GCPlanner.Root]
    private let walk: ReferenceWalk

    init(_ planner: consuming GCPlanner) {
        var references = planner.references
        planner.references = ReferenceColumn()
        numbers = planner.numbers
        sizes = planner.sizes
        positions = DenseNumbers(numbers)
        danglingReferences = references.resolve(positions)
        let expired = Set(planner.expired.map(\.object))
        let dropped = planner.droppedUploads
        droppedUploads = dropped.count
        roots = planner.roots.filter { root in
            switch root.reason {
            case .closure: true
            case .extra(let closure): !expired.contains(closure)
            case .claim(let upload): !dropped.contains(upload)
            }
        }
        let positions = positions
        walk = ReferenceWalk(
            from: roots.map { positions.position(of: $0.object) }, begins: planner.begins, references: references)
        instant = planner.now
        expiredClosures = planner.expired.sorted { ($0.updatedAt, $0.object) < ($1.updatedAt, $1.object) }

        let traits = planner.traits
        let (walk, numbers, sizes) = (walk, numbers, sizes)
        func select(_ isMember: (Int) -> Bool) -> GCObjectSet {
            var members = BitSet(bound: numbers.count)
            var bytes: Int64 = 0
            for position in numbers.indices where isMember(position) {
                members.insert(position)
                bytes += sizes[position]
            }
            return GCObjectSet(numbers: numbers, members: members, bytes: bytes)
        }
        unreachable = select { !walk.reached.contains($0) }
        condemnable = select { traits[$0].contains(.isCondemnable) && !walk.reached.contains($0) }
        sweepable = select { traits[$0].contains(.isSweepable) && !walk.reached.contains($0) }
        reachableCondemned = select { traits[$0].contains(.isCondemned) && walk.reached.contains($0) }
    }

    /// How many objects there are.
    public var objectCount: Int { numbers.count }

    /// Says why an object is kept.
    public func why(_ object: ObjectID) -> GCReason {
        guard let position = positions.position(of: object) else { return .unknown }
        guard let path = walk.path(to: position) else { return .unreachable }
        return .reached(from: roots[path.root].reason, path: path.positions.map { numbers[$0] })
    }

    /// The largest of the unreachable objects.
    /// - Parameter limit: at most so many.
    /// - Returns: their numbers and sizes in bytes, the largest first.
    public func largestUnreachable(_ limit: Int) -> [(id: ObjectID, size: Int64)] {
        guard limit > 0 else { return [] }
        var found: [(id: ObjectID, size: Int64)] = []
        for position in numbers.indices where unreachable.contains(position: position) {
            let size = sizes[position]
            if found.count == limit, let least = found.last, least.size >= size { continue }
            let place = found.firstIndex { $0.size < size } ?? found.count
            found.insert((numbers[position], size), at: place)
            if found.count > limit { found.removeLast() }
        }
        return found
    }
}

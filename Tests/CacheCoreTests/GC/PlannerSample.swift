import CacheCore

/// Rows for a planner, made up from a seed, and what a plan of them must be by the plainest of means.
struct PlannerSample {
    static let now = Timestamp(seconds: 1_800_000_000)

    struct Claim {
        var object: ObjectID
        var upload: UploadID
        var openSince: Timestamp?
    }

    struct Closure {
        var object: ObjectID
        var updatedAt: Timestamp
        var isPinned: Bool
        var extras: [ObjectID]
    }

    var objects: [GCObject] = []
    var refs: [ObjectID: [ObjectID]] = [:]
    var closures: [Closure] = []
    var claims: [Claim] = []
    var retention: GCRetention

    /// Makes rows: cycles, self-references, references to nothing, isolated objects, roots without a row.
    init(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func instant(_ random: inout SplitMix) -> Timestamp {
            Self.now + .seconds(Int.random(in: -10...10, using: &random))
        }
        retention = GCRetention(
            closureCutoff: Bool.random(using: &random) ? instant(&random) : nil,
            uploadCutoff: Bool.random(using: &random) ? instant(&random) : nil,
            grace: .seconds(Int.random(in: 0...5, using: &random)), force: Int.random(in: 0..<4, using: &random) == 0)
        let count = Int.random(in: 0...60, using: &random)
        // Dense numbers, sparse ones, and ones that do not fit in 32 bits.
        let spread = [2, 1000, 1 << 33].randomElement(using: &random) ?? 2
        var used: Set<ObjectID> = []
        while used.count < count { used.insert(.random(in: 1...Int64(max(1, count) * spread), using: &random)) }
        let numbers = used.sorted().shuffled(using: &random)
        func any(_ random: inout SplitMix) -> ObjectID {
            if numbers.isEmpty || Int.random(in: 0..<12, using: &random) == 0 {
                return .random(in: 0...Int64(max(1, count) * spread), using: &random)
            }
            return numbers[Int.random(in: 0..<numbers.count, using: &random)]
        }
        for id in numbers {
            let state = ObjectState.allCases.randomElement(using: &random) ?? .live
            objects.append(
                GCObject(
                    id: id, state: state, size: .random(in: 0...1000, using: &random),
                    condemnedAt: state == .condemned ? instant(&random) : nil, writableUntil: instant(&random),
                    busyUntil: instant(&random)))
            var list: [ObjectID] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) { list.append(any(&random)) }
            if Int.random(in: 0..<5, using: &random) == 0 { list.append(id) }
            refs[id] = list
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let object = any(&random)
            if closures.contains(where: { $0.object == object }) { continue }
            closures.append(
                Closure(
                    object: object, updatedAt: instant(&random), isPinned: Int.random(in: 0..<4, using: &random) == 0,
                    extras: (0..<Int.random(in: 0...2, using: &random)).map { _ in any(&random) }))
        }
        for number in 0..<Int.random(in: 0...3, using: &random) {
            claims.append(
                Claim(
                    object: any(&random), upload: UploadID(rawValue: Int64(number)),
                    openSince: Bool.random(using: &random) ? instant(&random) : nil))
        }
    }

    var planner: GCPlanner {
        var planner = GCPlanner(now: Self.now, retention: retention)
        for object in objects { planner.add(object, refs: refs[object.id] ?? []) }
        for closure in closures {
            for extra in closure.extras { planner.addExtra(extra, closure: closure.object) }
            planner.addClosure(closure.object, updatedAt: closure.updatedAt, isPinned: closure.isPinned)
        }
        for claim in claims {
            planner.addClaim(claim.object, upload: claim.upload)
            if let began = claim.openSince { planner.addOpenUpload(claim.upload, startedAt: began) }
        }
        return planner
    }

    // MARK: The naive model

    func isExpired(_ closure: Closure) -> Bool {
        guard let cutoff = retention.closureCutoff else { return false }
        return closure.updatedAt <= cutoff && !closure.isPinned
    }

    func isKept(_ claim: Claim) -> Bool {
        guard let cutoff = retention.uploadCutoff, let began = claim.openSince else { return true }
        return began > cutoff
    }

    var roots: [(object: ObjectID, reason: GCRoot)] {
        var roots: [(object: ObjectID, reason: GCRoot)] = []
        for closure in closures where !isExpired(closure) {
            roots.append((closure.object, .closure))
            roots += closure.extras.map { ($0, .extra(closure: closure.object)) }
        }
        return roots + claims.filter(isKept).map { ($0.object, .claim($0.upload)) }
    }

    /// For each object that is reached, the least number of references to it from a root.
    var distances: [ObjectID: Int] {
        let rows = Set(objects.map(\.id))
        var distances: [ObjectID: Int] = [:]
        var level = Set(roots.map(\.object)).intersection(rows)
        var distance = 0
        while !level.isEmpty {
            for id in level { distances[id] = distance }
            let next = Set(level.flatMap { refs[$0] ?? [] })
            level = next.intersection(rows).filter { distances[$0] == nil }
            distance += 1
        }
        return distances
    }
}

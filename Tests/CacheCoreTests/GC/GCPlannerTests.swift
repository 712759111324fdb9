import CacheCore
import Testing

@Suite struct GCPlannerTests {
    static let now = PlannerSample.now

    static func object(_ id: ObjectID, _ state: ObjectState = .live, size: Int64 = 1) -> GCObject {
        GCObject(id: id, state: state, size: size, condemnedAt: state == .condemned ? now - .seconds(60) : nil)
    }

    @Test(arguments: 0..<600 as Range<UInt64>)
    func agreesWithNaiveModel(seed: UInt64) {
        let sample = PlannerSample(seed: seed)
        let plan = sample.planner.plan()
        let distances = sample.distances
        let unreachable = sample.objects.filter { distances[$0.id] == nil }
        let (now, retention) = (Self.now, sample.retention)
        let condemnable = unreachable.filter { object in
            object.state == .live
                || object.state == .uploading && (retention.force || object.writableUntil <= now)
        }
        let sweepable = unreachable.filter { object in
            guard object.busyUntil <= now else { return false }
            if retention.force { return true }
            return switch object.state {
            case .live: retention.grace == .zero
            case .condemned: (object.condemnedAt ?? now) <= now - retention.grace
            case .uploading, .deleting: object.writableUntil <= now
            }
        }
        let revived = sample.objects.filter { $0.state == .condemned && distances[$0.id] != nil }
        for (found, expected) in [
            (plan.unreachable, unreachable), (plan.condemnable, condemnable), (plan.sweepable, sweepable),
            (plan.reachableCondemned, revived),
        ] {
            #expect(Array(found) == expected.map(\.id))
            #expect(found.count == expected.count)
            #expect(found.bytes == expected.reduce(0) { $0 + $1.size })
        }
        #expect(plan.objectCount == sample.objects.count)
        let expired = sample.closures.filter(sample.isExpired)
            .sorted { ($0.updatedAt, $0.object) < ($1.updatedAt, $1.object) }
        #expect(plan.expiredClosures == expired.map { ExpiredClosure(object: $0.object, updatedAt: $0.updatedAt) })
        let rows = Set(sample.objects.map(\.id))
        #expect(plan.danglingReferences == sample.refs.values.joined().count { !rows.contains($0) })
        #expect(plan.droppedUploads == sample.claims.count { !sample.isKept($0) })
        let sizes = unreachable.map(\.size).sorted(by: >)
        #expect(plan.largestUnreachable(3).map(\.size) == Array(sizes.prefix(3)))
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func reasonsAreChainsFromRoots(seed: UInt64) throws {
        let sample = PlannerSample(seed: seed)
        let plan = sample.planner.plan()
        let distances = sample.distances
        for object in sample.objects {
            guard let distance = distances[object.id] else {
                #expect(plan.why(object.id) == .unreachable)
                continue
            }
            guard case .reached(let root, let path) = plan.why(object.id) else {
                Issue.record("\(object.id) is reached, but no reason is given")
                continue
            }
            #expect(path.count == distance + 1)
            #expect(path.last == object.id)
            #expect(sample.roots.contains { $0.object == path[0] && $0.reason == root })
            for (from, to) in zip(path, path.dropFirst()) { #expect(sample.refs[from]?.contains(to) == true) }
        }
        let rows = Set(sample.objects.map(\.id))
        for id in sample.refs.values.joined() where !rows.contains(id) { #expect(plan.why(id) == .unknown) }
    }

    @Test func planOfNothing() {
        let plan = GCPlanner(now: Self.now, retention: GCRetention(grace: .zero)).plan()
        #expect(plan.objectCount == 0)
        #expect(Array(plan.unreachable) == [])
        #expect(plan.why(1) == .unknown)
        #expect(plan.largestUnreachable(10).isEmpty)
    }

    @Test func explainsEachKindOfRoot() {
        var planner = GCPlanner(now: Self.now, retention: GCRetention(grace: .zero))
        planner.add(Self.object(1), refs: [2, 1])
        planner.add(Self.object(2), refs: [3])
        planner.add(Self.object(3), refs: [1])
        planner.add(Self.object(4))
        planner.add(Self.object(5), refs: [6])
        planner.add(Self.object(6))
        planner.add(Self.object(7), refs: [8])
        planner.add(Self.object(8), refs: [7])
        planner.addClosure(1, updatedAt: Self.now)
        planner.addExtra(4, closure: 1)
        planner.addClaim(5, upload: UploadID(rawValue: 17))
        let plan = planner.plan()
        #expect(plan.why(1) == .reached(from: .closure, path: [1]))
        #expect(plan.why(3) == .reached(from: .closure, path: [1, 2, 3]))
        #expect(plan.why(4) == .reached(from: .extra(closure: 1), path: [4]))
        #expect(plan.why(6) == .reached(from: .claim(UploadID(rawValue: 17)), path: [5, 6]))
        #expect(plan.why(7) == .unreachable)
        #expect(Array(plan.unreachable) == [7, 8])
    }

    /// Without a limit all that is there is a root, also what is very old: a collection that already expired closures
    /// must not take more of them in its plan.
    @Test func keepsAllRootsWithoutLimit() {
        var planner = GCPlanner(now: Self.now, retention: GCRetention(grace: .zero))
        planner.add(Self.object(1))
        planner.add(Self.object(2))
        planner.addClosure(1, updatedAt: Timestamp(microseconds: 0))
        planner.addClaim(2, upload: UploadID(rawValue: 1))
        planner.addOpenUpload(UploadID(rawValue: 1), startedAt: Timestamp(microseconds: 0))
        #expect(planner.plan().unreachable.count == 0)
    }

    @Test(arguments: [false, true])
    func aLongChainNeedsNoStack(isForward: Bool) {
        let count: Int64 = 200_000
        var planner = GCPlanner(now: Self.now, retention: GCRetention(grace: .zero))
        planner.reserve(objects: Int(count), references: Int(count))
        for id in 1...count { planner.add(Self.object(id), refs: [isForward ? id + 1 : id - 1]) }
        planner.addClosure(isForward ? 1 : count, updatedAt: Self.now)
        let plan = planner.plan()
        #expect(plan.unreachable.count == 0)
        #expect(plan.danglingReferences == 1)
        guard case .reached(_, let path) = plan.why(isForward ? count : 1) else {
            Issue.record("the end of the chain is not reached")
            return
        }
        #expect(path.count == Int(count))
    }
}

import CacheCore
import TestServices
import Testing

/// One run at a time, and what becomes of those that end in the middle.
@Suite struct CollectionRunTests {
    static let parameters = GCParameters(olderThan: "0", failedUploadsOlderThan: "1h", force: true)
    static let limit = LifecycleTimes.standard.heartbeatLimit

    @Test(arguments: MetadataKind.allCases)
    func onlyOneRunsAndTheLastOneIsKnown(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        let first = fixture.collections()
        let second = fixture.collections()
        guard case .begun(_, let begun) = try await first.begin(Self.parameters) else {
            Issue.record("the first collection does not begin")
            return
        }
        #expect(begun.state == .running)
        #expect(begun.params == Self.parameters)
        #expect(try await second.begin(GCParameters(olderThan: "1h")) == .running(begun))
        let error = try await failure { _ = try await second.collect(Self.parameters) }
        #expect(error.code == .conflict)
        first.stop()
        await first.run()
        let status = try await second.status()
        #expect(status?.state == .failed)
        #expect(status?.error == "The server stops; start the collection again when it is back.")
        try await fixture.collect()
        #expect(try await second.status()?.state == .succeeded)
        #expect(try await second.status()?.phase == nil)
    }

    @Test(arguments: MetadataKind.allCases)
    func runsWhatWasBegunUntilItIsStopped(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(TestPackage("a"))
        fixture.clock.advance(by: LifecycleTimes.standard.busyPeriod)
        let collections = fixture.collections()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await collections.run() }
            do {
                for _ in 0..<3 {
                    _ = try await collections.begin(Self.parameters)
                    while try await collections.status()?.state == .running { await Task.yield() }
                    #expect(try await collections.status()?.state == .succeeded)
                }
            } catch {
                Issue.record(error)
            }
            collections.stop()
        }
        #expect(fixture.bucket.keys == [])
        let error = try await failure { _ = try await collections.begin(Self.parameters) }
        #expect(error.code == .unavailable)
    }

    @Test(arguments: MetadataKind.allCases)
    func theNextOneIsDueByTheBeginningOfTheLast(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        let collections = fixture.collections()
        func isDue() async throws -> Bool {
            try await collections.isDue(every: .seconds(3600), retryAfter: .seconds(360))
        }
        #expect(try await isDue())
        try await fixture.collect()
        #expect(try await !isDue())
        fixture.clock.advance(by: .seconds(3599))
        #expect(try await !isDue())
        fixture.clock.advance(by: .seconds(1))
        #expect(try await isDue())
        _ = try await collections.begin(Self.parameters)
        #expect(try await !isDue(), "one runs")
        // Its server dies: it counts as failed.
        fixture.clock.advance(by: .seconds(359))
        #expect(try await !isDue())
        fixture.clock.advance(by: .seconds(1))
        #expect(try await isDue())
    }

    @Test(arguments: MetadataKind.allCases)
    func aRunThatWasTakenOverChangesNothing(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        let package = TestPackage("a")
        try await fixture.push(package)
        let store = fixture.store
        guard case .begun(let old, _) = try await store.beginCollection(Self.parameters, heartbeatLimit: Self.limit),
            let planner = try await store.loadPlan(PlanLimits(grace: .zero, force: true), run: old)
        else {
            Issue.record("the first run does not begin")
            return
        }
        #expect(planner.plan().unreachable.count == 0)
        fixture.clock.advance(by: Self.limit)
        #expect(try await store.collectionStatus(heartbeatLimit: Self.limit)?.state == .failed)
        guard case .begun(let new, _) = try await store.beginCollection(Self.parameters, heartbeatLimit: Self.limit)
        else {
            Issue.record("the run is not taken over")
            return
        }
        let all = try await store.snapshot().objects.keys.sorted()
        let sweep = SweepRequest(
            pass: .condemnedNarInfos, after: 0, limit: 10, grace: .zero, force: true, busyPeriod: .seconds(1))
        #expect(try await store.reportCollection(old, phase: nil, statistics: GCStatistics()) == false)
        #expect(try await store.expireClosures(olderThan: .zero, limit: 10, run: old) == nil)
        #expect(try await store.loadPlan(PlanLimits(grace: .zero, force: true), run: old) == nil)
        #expect(try await store.condemn(all, force: true, run: old) == nil)
        #expect(try await store.revive(all, run: old) == nil)
        #expect(try await store.endCollecting(old) == false)
        #expect(try await store.beginSweep(sweep, run: old) == nil)
        let batch = SweepBatch(
            instant: fixture.clock.now, busyUntil: Timestamp(microseconds: 0), entries: [], next: nil)
        #expect(try await store.endSweep(batch, gone: all, run: old) == nil)
        #expect(try await store.endCollection(old, .succeeded, statistics: GCStatistics()) == false)
        #expect(try await fixture.states([package.key, package.narKey]) == [.live, .live])
        #expect(try await store.endCollection(new, .succeeded, statistics: GCStatistics()))
    }

    @Test(arguments: MetadataKind.allCases)
    func condemnsNothingOnceCollectingHasEnded(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(TestPackage("a"))
        guard
            case .begun(let run, _) = try await fixture.store.beginCollection(
                Self.parameters, heartbeatLimit: Self.limit)
        else {
            Issue.record("the run does not begin")
            return
        }
        #expect(try await fixture.store.endCollecting(run))
        let all = try await fixture.store.snapshot().objects.keys.sorted()
        #expect(try await fixture.store.condemn(all, force: true, run: run) == nil)
    }

    /// A root that the plan could not see, made of what the plan found unreachable.
    @Test(arguments: MetadataKind.allCases)
    func aPushDuringTheCollectionKeepsItsObjects(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        let shared = TestPackage("shared")
        try await fixture.push(TestPackage("old", [shared]))
        fixture.clock.advance(by: .seconds(1))
        let store = fixture.store
        guard case .begun(let run, _) = try await store.beginCollection(Self.parameters, heartbeatLimit: Self.limit),
            try await store.expireClosures(olderThan: .zero, limit: 10, run: run) == 1,
            let planner = try await store.loadPlan(PlanLimits(grace: .zero, force: true), run: run)
        else {
            Issue.record("the run does not begin")
            return
        }
        let plan = planner.plan()
        let new = TestPackage("new", [shared])
        try await fixture.push(new)
        // Its claims stand until the collection has condemned, although the push has ended.
        let claims = try await store.snapshot().claims
        #expect(!claims.isEmpty)
        let condemned = try await store.condemn(Array(plan.condemnable), force: true, run: run)
        #expect(condemned == plan.condemnable.count - shared.objects.count)
        try await fixture.expectSound()
        #expect(try await store.endCollecting(run))
        await fixture.service.resume()
        #expect(try await store.snapshot().claims.isEmpty)
        try await fixture.expectSound()
        #expect(try await store.endCollection(run, .succeeded, statistics: GCStatistics()))
        try await fixture.expectCleanAtRest()
        #expect(fixture.bucket.keys == Set(new.closure.flatMap(\.objects).map(\.key)))
    }

    /// The process ends before or after each of its calls to a store.
    @Test(arguments: MetadataKind.allCases)
    func aCollectionThatDiesAnywhereIsFinishedByTheNext(kind: MetadataKind) async throws {
        var half = 0
        while true {
            let fixture = try await CacheFixture(kind)
            let shared = TestPackage("shared")
            let old = TestPackage("old", [shared], log: true)
            try await fixture.push(old)
            fixture.clock.advance(by: .seconds(7 * 3600))
            _ = try await fixture.create(TestPackage("given up"))
            fixture.clock.advance(by: .seconds(7 * 3600))
            let kept = TestPackage("kept", [shared])
            try await fixture.push(kept)
            let hook = ScriptedHook(stopAt: half)
            let dying = fixture.collections(fixture.replica(hook: hook), hook: hook, batch: 2)
            do { _ = try await dying.collect(GCParameters(olderThan: "1h", force: true)) } catch {
                #expect(error.code == .unavailable)
            }
            try await fixture.expectSound()
            fixture.clock.advance(by: Self.limit + .seconds(1))
            // A push that meets what was left half done.
            try await fixture.push(old)
            try await fixture.expectSound()
            try await fixture.expectCleanAtRest()
            #expect(fixture.bucket.keys == Set((old.closure + [kept]).flatMap(\.objects).map(\.key)))
            guard hook.isStopped else { break }
            half += 1
        }
        #expect(half > 40)
    }
}

import CacheCore
import TestServices
import Testing

@Suite struct CollectionTests {
    static let month = Duration.seconds(31 * 86_400)
    static let grace = Duration.seconds(6 * 3600)

    let shared = TestPackage("shared")
    var old: TestPackage { TestPackage("old", [shared], refersToItself: true, log: true, realised: true) }
    var new: TestPackage { TestPackage("new", [shared]) }

    /// A cache with a closure that is too old, and one that shares a part of it and is not.
    func agedFixture(_ kind: MetadataKind) async throws -> CacheFixture {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(old)
        fixture.clock.advance(by: Self.month)
        try await fixture.push(new)
        return fixture
    }

    @Test(arguments: [1, 2, 1000], MetadataKind.allCases)
    func deletesWhatNothingNeedsAfterTheGrace(batch: Int, kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        let before = try await fixture.service.statistics()
        let only = Set(old.objects.map(\.key))
        #expect(
            try await fixture.collect(batch: batch)
                == GCStatistics(oldClosuresDeleted: 1, objectsMarkedForDeletion: Int64(only.count)))
        for key in only { #expect(try await fixture.states([key]) == [.condemned]) }
        #expect(try await fixture.service.statistics() == before)
        try await fixture.expectSound()

        fixture.clock.advance(by: Self.grace - .microseconds(1))
        #expect(try await fixture.collect(batch: batch) == GCStatistics())
        fixture.clock.advance(by: .microseconds(1))
        #expect(
            try await fixture.collect(batch: batch) == GCStatistics(objectsDeletedAfterGracePeriod: Int64(only.count)))
        #expect(fixture.bucket.keys == Set(new.closure.flatMap(\.objects).map(\.key)))
        #expect(try await fixture.store.snapshot().objects.count == fixture.bucket.keys.count)
        try await fixture.expectCleanAtRest()
    }

    @Test(arguments: MetadataKind.allCases)
    func narInfosGoFirst(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        try await fixture.collect()
        fixture.clock.advance(by: Self.grace)
        fixture.bucket.forgetCalls()
        try await fixture.collect(batch: 1)
        let deleted = fixture.bucket.calls.filter { $0.hasPrefix("delete ") }.map { String($0.dropFirst(7)) }
        #expect(Set(deleted) == Set(old.objects.map(\.key)))
        #expect(deleted.first == old.key)
    }

    @Test(arguments: MetadataKind.allCases)
    func forceSparesNothingAndCountsOnce(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(old)
        let all = Int64(old.closure.flatMap(\.objects).count)
        let counts = GCStatistics(
            oldClosuresDeleted: 1, objectsMarkedForDeletion: all, objectsDeletedAfterGracePeriod: all)
        // Until then what the server wrote is busy.
        fixture.clock.advance(by: LifecycleTimes.standard.busyPeriod)
        #expect(try await fixture.collect("0", force: true) == counts)
        #expect(fixture.bucket.keys == [])
        // What a client's URL may still write keeps its row, so that a late write is found.
        let kept = try await fixture.store.snapshot().objects.values
        #expect(Set(kept.map(\.key)).contains(old.narKey))
        #expect(!kept.contains { $0.key == old.key })
        fixture.bucket[old.narKey] = ModelObjectStore.Stored(bytes: old.nar)
        fixture.clock.advance(by: .seconds(7 * 3600))
        #expect(try await fixture.collect() == GCStatistics())
        #expect(fixture.bucket.keys == [])
        #expect(try await fixture.store.snapshot().objects.isEmpty)
    }

    @Test(arguments: MetadataKind.allCases)
    func aPushTakesBackWhatIsCondemned(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        try await fixture.collect()
        #expect(try await fixture.push(old).isEmpty)
        fixture.clock.advance(by: Self.grace)
        #expect(try await fixture.collect() == GCStatistics())
        try await fixture.expectCleanAtRest()
        #expect(fixture.bucket.keys.contains(old.narKey))
    }

    @Test(arguments: MetadataKind.allCases)
    func whatAnUploadClaimsStays(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        let open = try await fixture.create(old)
        #expect(open.pendingObjects.isEmpty)
        #expect(try await fixture.collect() == GCStatistics(oldClosuresDeleted: 1))
        try await fixture.service.complete(open.id)
        try await fixture.expectSound()
        #expect(try await fixture.collect() == GCStatistics())
        #expect(try await fixture.service.closure(old.key) != nil)
    }

    @Test(arguments: MetadataKind.allCases)
    func uploadsThatNobodyFinishesAreGivenUp(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        let created = try await fixture.create(new)
        try await fixture.upload([new], created)
        #expect(try await fixture.collect() == GCStatistics())
        fixture.clock.advance(by: Self.grace)
        let objects = Int64(new.closure.flatMap(\.objects).count)
        #expect(
            try await fixture.collect()
                == GCStatistics(
                    failedUploadsDeleted: 1, objectsMarkedForDeletion: objects, objectsDeletedAfterGracePeriod: objects
                ))
        #expect(fixture.bucket.keys == [])
        let error = try await failure { try await fixture.service.complete(created.id) }
        #expect(error.code == .notFound)
        try await fixture.expectCleanAtRest()
    }

    @Test(arguments: [ModelObjectStore.Fault.before(.unavailable), .after(.unavailable)], MetadataKind.allCases)
    func failedDeletesAreTriedAgainAndNeverLive(fault: ModelObjectStore.Fault, kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        try await fixture.collect()
        fixture.clock.advance(by: Self.grace)
        let count = Int64(old.objects.count)
        fixture.bucket.fail { call, _ in call == "delete" ? fault : nil }
        #expect(try await fixture.collect() == GCStatistics(objectsFailedToDelete: count))
        for object in old.objects { #expect(try await fixture.states([object.key]) == [.deleting]) }
        // Busy: neither a collection nor a push touches it.
        fixture.bucket.fail(nil)
        #expect(try await fixture.collect() == GCStatistics())
        let error = try await failure { _ = try await fixture.create(old) }
        #expect(error.code == .busy)
        fixture.clock.advance(by: LifecycleTimes.standard.busyPeriod)
        #expect(try await fixture.collect() == GCStatistics(objectsDeletedAfterGracePeriod: count))
        try await fixture.expectCleanAtRest()
        #expect(try await fixture.push(old) == Set(old.objects.map(\.key)))
        try await fixture.expectSound()
    }

    @Test(arguments: MetadataKind.allCases)
    func givesUpWhenTheObjectStoreIsGone(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        try await fixture.collect()
        fixture.clock.advance(by: Self.grace)
        fixture.bucket.fail { call, _ in call == "delete" ? .before(.unavailable) : nil }
        let status = try await fixture.collections(batch: 1).collect(GCParameters(olderThan: "720h"))
        #expect(status.state == .failed)
        #expect(status.error == "The call delete failed.")
        #expect(status.phase == .cleanUpObjects)
        #expect(status.stats == GCStatistics(objectsFailedToDelete: 3))
        fixture.bucket.fail(nil)
        fixture.clock.advance(by: LifecycleTimes.standard.busyPeriod)
        #expect(try await fixture.collect().objectsDeletedAfterGracePeriod == Int64(old.objects.count))
    }

    @Test(arguments: MetadataKind.allCases)
    func whatWasNeverThereIsDeletedToo(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        try await fixture.collect()
        for object in old.objects { fixture.bucket[object.key] = nil }
        fixture.clock.advance(by: Self.grace)
        #expect(try await fixture.collect().objectsDeletedAfterGracePeriod == Int64(old.objects.count))
        try await fixture.expectCleanAtRest()
    }

    @Test(arguments: MetadataKind.allCases)
    func manyRowsWithoutObjectsHoldNothingUp(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        try await fixture.collect()
        try await fixture.metadata.addCondemned(100_000)
        fixture.clock.advance(by: Self.grace)
        #expect(
            try await fixture.collect()
                == GCStatistics(objectsDeletedAfterGracePeriod: Int64(100_000 + old.objects.count)))
        try await fixture.expectCleanAtRest()
    }

    @Test(arguments: MetadataKind.allCases)
    func pinnedClosuresDoNotExpire(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        try await fixture.metadata.pin(old.key, as: "release")
        #expect(try await fixture.collect() == GCStatistics())
        let plan = try await fixture.collections().plan(GCParameters(olderThan: "0"))
        #expect(plan.stats.oldClosuresDeleted == 1)
        try await fixture.metadata.pin(old.key, as: "release", expiresAt: fixture.clock.now + .seconds(60))
        #expect(try await fixture.collect() == GCStatistics())
        fixture.clock.advance(by: .seconds(60))
        #expect(try await fixture.collect().oldClosuresDeleted == 1)
    }

    @Test(arguments: MetadataKind.allCases)
    func aDryRunSaysWhatACollectionDoes(kind: MetadataKind) async throws {
        let fixture = try await agedFixture(kind)
        _ = try await fixture.create(TestPackage("unfinished"))
        fixture.clock.advance(by: Self.grace)
        let before = try await fixture.store.snapshot()
        let parameters = GCParameters(olderThan: "720h", force: true)
        let plan = try await fixture.collections().plan(parameters)
        let after = try await fixture.store.snapshot()
        #expect(after.objects == before.objects)
        #expect(after.uploads == before.uploads)
        #expect(try await fixture.collections().status() == nil)
        let sizes = old.objects.map { ($0.key, Int64(fixture.bucket[$0.key]?.bytes.count ?? 0)) }
        #expect(plan.bytes == sizes.reduce(0) { $0 + $1.1 })
        #expect(plan.largest.first?.size == sizes.map(\.1).max())
        #expect(plan.oldest == [.init(id: old.key, updatedAt: Timestamp(seconds: 1_800_000_000))])
        #expect(try await fixture.collect("720h", force: true) == plan.stats)
        #expect(plan.stats.failedUploadsDeleted == 1)
    }

    @Test(arguments: MetadataKind.allCases)
    func multipartUploadsThatNobodyKnowsAreAborted(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        _ = try await fixture.bucket.beginMultipart(for: new.narKey, contentType: "x", maximumSize: nil)
        let large = TestPackage("large", narSize: 40 << 20)
        let known = try await fixture.create(large)
        #expect(known.pendingObjects[large.narKey]?.multipart != nil)
        try await fixture.collect(failedUploads: "1000h")
        #expect(fixture.bucket.multipartCount == 2)
        fixture.clock.advance(by: .seconds(86_401))
        try await fixture.collect(failedUploads: "1000h")
        #expect(fixture.bucket.multipartCount == 1)
    }

    @Test(arguments: [("", "6h"), ("soon", "6h"), ("-1h", "6h"), ("1h", "-6h"), ("1h", "")])
    func refusesDurationsThatAreNone(olderThan: String, failedUploads: String) async throws {
        let fixture = try await CacheFixture(.sqlite)
        let parameters = GCParameters(olderThan: olderThan, failedUploadsOlderThan: failedUploads)
        for isPlan in [false, true] {
            let error = try await failure {
                if isPlan {
                    _ = try await fixture.collections().plan(parameters)
                } else {
                    _ = try await fixture.collections().begin(parameters)
                }
            }
            #expect(error.code == .invalidRequest)
        }
        #expect(try await fixture.collections().status() == nil)
    }
}

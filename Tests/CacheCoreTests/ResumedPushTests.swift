import CacheCore
import CacheStorage
import NarKit
import TestServices
import Testing

@Suite("What is there already")
struct ResumedPushTests {
    static let base = TestPackage("base-1.0")
    static let library = TestPackage("library-2.0", [base])

    @Test("counts when it was noted before the push was given up", arguments: MetadataKind.allCases)
    func registered(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.library)
        try await cache.upload([Self.base], created)
        // The note is kept although the look into the bucket fails.
        cache.bucket.fail { call, _ in call == "attributes" ? .before(.unavailable) : nil }
        #expect(
            try await failure { try await cache.service.uploadCompleted(Self.base.narKey) }.code == .unavailable)
        cache.bucket.fail(nil)
        #expect(try await cache.states([Self.base.narKey]) == [.uploading])
        try await cache.service.dropUploads(olderThan: .zero)
        let sent = try await cache.push(Self.library)
        #expect(!sent.contains(Self.base.narKey))
        #expect(sent.contains(Self.base.listingKey), "nobody noted the listing")
        try await cache.expectSound()
    }

    @Test("counts when many were noted at once and are there", arguments: MetadataKind.allCases)
    func notedTogether(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.library)
        try await cache.upload([Self.base], created)
        let nars = [Self.base.narKey, Self.library.narKey]
        #expect(try await failure { _ = try await cache.service.narsUploaded(nars + ["../x"]) }.code == .invalidRequest)
        #expect(try await cache.service.narsUploaded([]) == [])
        let noted = try await cache.service.narsUploaded(nars + nars + [Self.base.listingKey, Self.base.key])
        #expect(noted == nars.sorted())
        #expect(try await cache.states(nars) == [.uploading, .uploading])
        // The NAR of the library was said to be there and is not.
        try await cache.service.dropUploads(olderThan: .zero)
        #expect(try await cache.service.narsUploaded(nars) == [])
        let sent = try await cache.push(Self.library)
        #expect(!sent.contains(Self.base.narKey))
        #expect(sent.contains(Self.library.narKey))
        try await cache.expectSound()
    }

    @Test("counts as soon as it is noted and seen", arguments: MetadataKind.allCases)
    func noted(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.base)
        try await cache.upload([Self.base], created)
        try await cache.service.uploadCompleted(Self.base.narKey)
        #expect(try await cache.states([Self.base.narKey, Self.base.listingKey]) == [.live, .uploading])
        try await cache.service.uploadCompleted(Self.base.narKey)
        try await cache.service.uploadCompleted(Self.base.key)
        #expect(try await cache.states([Self.base.key]) == [.uploading])
        #expect(try await failure { try await cache.service.uploadCompleted(Self.library.key) }.code == .notFound)
        #expect(try await failure { try await cache.service.uploadCompleted("../x") }.code == .invalidRequest)
        try await cache.expectSound()
    }

    @Test(
        "does not count when it is noted but absent, empty or too large", arguments: [nil, 0, 200_000],
        MetadataKind.allCases)
    func notThere(size: Int?, kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        _ = try await cache.create(Self.base)
        cache.bucket[Self.base.narKey] = size.map { .init(bytes: Array(repeating: 0, count: $0)) }
        try await cache.service.uploadCompleted(Self.base.narKey)
        #expect(try await cache.states([Self.base.narKey]) == [.uploading])
        try await cache.service.dropUploads(olderThan: .zero)
        #expect(try await cache.create(Self.base).pendingObjects[Self.base.narKey] != nil)
    }

    @Test("is looked for when asked to, and sent again when it is certainly lost", arguments: MetadataKind.allCases)
    func verifies(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.library)
        cache.bucket[Self.base.narKey] = nil
        cache.bucket[Self.library.key] = nil
        #expect(try await cache.push(Self.library) == [], "without being asked to, nobody looks")
        cache.bucket.fail { call, _ in call == "attributes" ? .before(.unavailable) : nil }
        _ = try await failure { _ = try await cache.create(Self.library, verifyS3: true) }
        #expect(try await cache.states([Self.base.narKey]) == [.live], "only a certain answer counts")
        cache.bucket.fail(nil)
        #expect(try await cache.push(Self.library, verifyS3: true) == [Self.base.narKey, Self.library.key])
        #expect(try await cache.push(Self.library, verifyS3: true) == [])
        try await cache.expectSound()
    }

    @Test("is revived when it is condemned", arguments: MetadataKind.allCases)
    func condemned(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.library)
        for key in [Self.library.key, Self.base.key, Self.base.narKey] {
            try await cache.metadata.set(key, to: .condemned)
        }
        // Only the library is listed; what it reaches is revived with it.
        let created = try await cache.service.create(
            CreateUploadRequest(closure: Self.library.key, objects: Self.library.objects), origin: nil)
        #expect(created.pendingObjects == [:])
        #expect(try await cache.states([Self.library.key, Self.base.key]) == [.live, .condemned])
        try await cache.service.complete(created.id)
        #expect(
            try await cache.states([Self.library.key, Self.base.key, Self.base.narKey]) == [.live, .live, .live])
        try await cache.expectSound()
    }

    @Test("and is being deleted is waited for, and at last reported", arguments: MetadataKind.allCases)
    func busy(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.base)
        try await cache.metadata.set(Self.base.narKey, to: .deleting, busyUntil: cache.clock.now + .seconds(120))
        cache.bucket[Self.base.narKey] = nil
        let error = try await failure { _ = try await cache.create(Self.base) }
        #expect(error.code == .busy)
        #expect(error.retryAfter == .seconds(30))
        #expect(error.message.contains(Self.base.narKey))
        #expect(try await cache.service.pendingUploads() == 0, "the upload is dropped")
        cache.clock.advance(by: .seconds(121))
        #expect(try await cache.push(Self.base) == [Self.base.narKey])
        try await cache.expectSound()
    }

    @Test("and is being deleted is taken as soon as it is free", arguments: MetadataKind.allCases)
    func becomesFree(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind) { $0.times.busyWait = .seconds(600) }
        try await cache.push(Self.base)
        try await cache.metadata.set(Self.base.narKey, to: .deleting, busyUntil: cache.clock.now + .seconds(120))
        async let created = cache.create(Self.base)
        while try await cache.service.pendingUploads() == 0 { await Task.yield() }
        cache.clock.advance(by: .seconds(121))
        #expect(Set(try await created.pendingObjects.keys) == [Self.base.narKey])
    }

    @Test("starts without references when it comes back from deletion", arguments: MetadataKind.allCases)
    func restarts(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let first = TestPackage("same", [Self.base], content: "first")
        try await cache.push(first)
        try await cache.metadata.removeClosures()
        try await cache.metadata.set(first.key, to: .deleting)
        let second = TestPackage("same", [], content: "second")
        try await cache.push(second)
        #expect(
            try await cache.service.closure(second.key)?.objects
                == [second.key, second.listingKey, second.narKey].sorted())
    }

    @Test("and refers to a row that is gone is asked for again", arguments: MetadataKind.allCases)
    func dangling(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.library)
        let snapshot = try await cache.store.snapshot()
        let row = try #require(snapshot.objects.values.first { $0.key == Self.library.key })
        try await cache.metadata.setRefs(row.refs + [987_654], of: row.id)
        let created = try await cache.create(Self.library)
        #expect(created.pendingObjects == [:])
        let error = try await failure { try await cache.service.complete(created.id) }
        #expect(error.code == .conflict)
        #expect(error.missing == [Self.library.key])
        #expect(try await cache.push(Self.library) == [Self.library.key])
        try await cache.expectSound()
    }

    @Test("is touched by a push and by asking for it", arguments: MetadataKind.allCases)
    func touched(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.base)
        cache.clock.advance(by: .seconds(60))
        #expect(try await cache.service.present([Self.base.key, Self.base.key, Self.library.key]) == [Self.base.key])
        #expect(try await cache.service.closure(Self.base.key)?.updatedAt == cache.clock.now)
        #expect(try await cache.service.present([]) == [])
        #expect(try await cache.service.objectExists(Self.base.narKey))
        #expect(try await cache.service.objectExists(Self.library.narKey) == false)
        #expect(try await cache.service.objectExists("pending/1/\(Self.base.key)") == false)
    }

    @Test("keeps the claims of a completed upload while a collection runs", arguments: MetadataKind.allCases)
    func collecting(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.metadata.setCollecting(true)
        try await cache.push(Self.base)
        #expect(try await cache.store.snapshot().claims.count == 3)
        await cache.service.resume()
        #expect(try await cache.store.snapshot().claims.count == 3)
        try await cache.metadata.setCollecting(false)
        await cache.service.resume()
        #expect(try await cache.store.snapshot().claims.count == 0)
        try await cache.expectSound()
    }
}

import CacheCore
import CacheStorage
import NarKit
import TestServices
import Testing

@Suite("Multipart uploads")
struct MultipartTests {
    static let large = TestPackage("large-1", narSize: 25 << 20)
    static let small = TestPackage("small-1")

    @Test("are for NARs that are large, or of unknown size, or all on request", arguments: MetadataKind.allCases)
    func places(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let unknown = TestPackage("unknown", narSize: 0)
        #expect(try await cache.create(Self.large).pendingObjects[Self.large.narKey]?.multipart?.partURLs.count == 3)
        #expect(try await cache.create(unknown).pendingObjects[unknown.narKey]?.multipart?.partURLs.count == 10)
        let small = try await cache.create(Self.small).pendingObjects
        #expect(small[Self.small.narKey]?.presignedURL != nil && small[Self.small.narKey]?.multipart == nil)
        let service = cache.replica { $0.narSinglePut = false }
        let created = try await service.create(
            CreateUploadRequest(closure: Self.small.key, objects: Self.small.objects), origin: nil)
        #expect(created.pendingObjects[Self.small.narKey]?.multipart?.partURLs.count == 2)
        #expect(created.pendingObjects[Self.small.listingKey]?.multipart == nil)
    }

    @Test("make their NAR live when the push is completed", arguments: MetadataKind.allCases)
    func completes(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.large)
        let multipart = try #require(created.pendingObjects[Self.large.narKey]?.multipart)
        try await cache.upload([Self.large], created, except: [Self.large.narKey])
        try await cache.sendParts(
            [Array("one".utf8), Array("two".utf8)], key: Self.large.narKey, multipart)
        #expect(cache.bucket.text(of: Self.large.narKey) == "onetwo")
        try await cache.sign([Self.large], created)
        try await cache.service.complete(created.id)
        #expect(try await cache.states([Self.large.narKey]) == [.live])
        try await cache.expectSound()
    }

    @Test("that were completed before a push was given up count for the next one", arguments: MetadataKind.allCases)
    func registered(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.large)
        try await cache.upload([Self.large], created, except: [Self.large.listingKey])
        try await cache.service.dropUploads(olderThan: .zero)
        #expect(try await cache.push(Self.large) == [Self.large.listingKey, Self.large.key])
        try await cache.expectSound()
    }

    @Test("of which a peer was faster are given up", arguments: MetadataKind.allCases)
    func race(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let first = try await cache.create(Self.large)
        let second = try await cache.create(Self.large)
        let loser = try #require(second.pendingObjects[Self.large.narKey]?.multipart)
        try await cache.upload([Self.large], first)
        #expect(cache.bucket.multipartCount == 0)
        // The loser hears 404, finds the object, and goes on without it.
        let parts = PartsRequest(
            objectKey: Self.large.narKey, uploadID: loser.uploadID, startPartNumber: 4, partCount: 1)
        #expect(try await failure { _ = try await cache.service.requestParts(parts, origin: nil) }.code == .notFound)
        let error = try await failure {
            try await cache.service.completeMultipart(
                CompleteMultipartRequest(
                    objectKey: Self.large.narKey, uploadID: loser.uploadID, parts: [.init(partNumber: 1, etag: "x")]))
        }
        #expect(error.code == .notFound)
        #expect(try await cache.service.objectExists(Self.large.narKey))
        try await cache.sign([Self.large], second)
        try await cache.service.complete(second.id)
        #expect(try await cache.service.closure(Self.large.key) != nil)
        try await cache.expectSound()
    }

    @Test("whose answer was lost are completed", arguments: MetadataKind.allCases)
    func lostAnswer(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.large)
        cache.bucket.fail { call, _ in call == "completeMultipart" ? .after(.unavailable) : nil }
        try await cache.upload([Self.large], created)
        #expect(cache.bucket[Self.large.narKey] != nil)
        // A fault without the object is one.
        let other = TestPackage("other-large", narSize: 11 << 20)
        cache.bucket.fail { call, _ in call == "completeMultipart" ? .before(.throttled) : nil }
        let refused = try await cache.create(other)
        #expect(try await failure { try await cache.upload([other], refused) }.code == .throttled)
    }

    @Test("that nobody needs are aborted, and stay known until they are", arguments: MetadataKind.allCases)
    func aborted(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        _ = try await cache.create(Self.large)
        cache.bucket.fail { call, _ in call == "abortMultipart" ? .before(.unavailable) : nil }
        try await cache.service.dropUploads(olderThan: .zero)
        #expect(cache.bucket.multipartCount == 1)
        cache.clock.advance(by: .seconds(86_400))
        await cache.service.resume()
        #expect(try await cache.store.snapshot().uploads.count == 1)
        cache.bucket.fail(nil)
        await cache.service.resume()
        #expect(cache.bucket.multipartCount == 0)
        #expect(try await cache.store.snapshot().uploads.count == 0)
    }

    @Test("get more part URLs when they run out", arguments: MetadataKind.allCases)
    func moreParts(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.large)
        let multipart = try #require(created.pendingObjects[Self.large.narKey]?.multipart)
        let answer = try await cache.service.requestParts(
            PartsRequest(
                objectKey: Self.large.narKey, uploadID: multipart.uploadID, startPartNumber: 4, partCount: 100),
            origin: nil)
        #expect(answer.startPartNumber == 4)
        #expect(answer.partURLs.count == 100)
        #expect(answer.partURLs.first?.hasSuffix("part=4") == true)
    }

    @Test(
        "of bad requests are refused",
        arguments: [
            ("", "m1", 1, 1, CacheError.Code.invalidRequest), (large.narKey, "", 1, 1, .invalidRequest),
            (large.narKey, "m1", 1, 0, .invalidRequest), (large.narKey, "m1", 1, 1001, .invalidRequest),
            (large.narKey, "m1", 0, 1, .invalidRequest), (large.narKey, "m1", 10_000, 2, .invalidRequest),
            (large.narKey, "m1", Int.max, 1, .invalidRequest), (large.key, "m1", 1, 1, .invalidRequest),
            (large.narKey, "unknown", 1, 1, .notFound), (small.narKey, "m1", 1, 1, .notFound),
        ])
    func badRequests(key: String, id: String, start: Int, count: Int, code: CacheError.Code) async throws {
        let cache = try await CacheFixture(.sqlite)
        _ = try await cache.create(Self.large)
        let request = PartsRequest(objectKey: key, uploadID: id, startPartNumber: start, partCount: count)
        #expect(try await failure { _ = try await cache.service.requestParts(request, origin: nil) }.code == code)
    }

    @Test(
        "cannot be completed with bad parts",
        arguments: [
            ([], CacheError.Code.invalidRequest), ([(0, "e")], .invalidRequest), ([(10_001, "e")], .invalidRequest),
            ([(1, "e"), (1, "e")], .invalidRequest), ([(1, "")], .invalidRequest), ([(1, "\"\"")], .invalidRequest),
            ([(1, "wrong")], .invalidRequest),
        ])
    func badParts(parts: [(Int, String)], code: CacheError.Code) async throws {
        let cache = try await CacheFixture(.sqlite)
        let created = try await cache.create(Self.large)
        let id = try #require(created.pendingObjects[Self.large.narKey]?.multipart?.uploadID)
        let request = CompleteMultipartRequest(
            objectKey: Self.large.narKey, uploadID: id, parts: parts.map { .init(partNumber: $0, etag: $1) })
        #expect(try await failure { try await cache.service.completeMultipart(request) }.code == code)
    }

    @Test(
        "are expected to have a fifth more parts than the plain NAR",
        arguments: [
            (nil, 10), (0, 10), (1, 2), (10 << 20, 2), ((10 << 20) + 1, 2), (25 << 20, 3), (50 << 20, 6),
            (100 << 20, 12), (1000 << 20, 100), (Int64.max, 100),
        ] as [(Int64?, Int)])
    func partCounts(size: Int64?, count: Int) {
        #expect(MultipartPlan.initialPartCount(narSize: size) == count)
    }
}

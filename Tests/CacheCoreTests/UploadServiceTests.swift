import CacheCore
import CacheStorage
import NarKit
import TestServices
import Testing

@Suite("A push")
struct UploadServiceTests {
    /// base ← library ← tool, tool refers to itself and has a log and a realisation.
    static let base = TestPackage("base-1.0")
    static let library = TestPackage("library-2.0", [base])
    static let tool = TestPackage("tool-3.0", [library, base], refersToItself: true, log: true, realised: true)

    @Test("makes a whole closure live", arguments: [false, true], MetadataKind.allCases)
    func pushesClosure(staged: Bool, kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let package = staged ? Self.library : Self.tool
        let sent = try await cache.push(package, staged: staged)
        #expect(sent == Set(package.closure.flatMap(\.objects).map(\.key)))
        for member in package.closure {
            #expect(try await cache.states([member.key, member.narKey, member.listingKey]) == [.live, .live, .live])
            let text = try #require(cache.bucket.text(of: member.key))
            let info = try NarInfo(parsing: text)
            #expect(info.fileHash == nil && info.fileSize == nil)
            #expect(
                info.references.map(\.description)
                    == (member.references + (member.refersToItself ? [member] : []))
                    .map { "\($0.hashPart)-\($0.name)" }.sorted())
            #expect(info.signatures.contains { cache.key.publicKey.verifies($0, of: info.fingerprint) })
            #expect(cache.bucket[member.key]?.contentType == "text/x-nix-narinfo")
            #expect(cache.bucket[member.key]?.contentEncoding == nil)
        }
        let closure = try #require(try await cache.service.closure(package.key))
        #expect(closure.objects == package.closure.flatMap(\.objects).map(\.key).sorted())
        #expect(cache.bucket.keys.allSatisfy { !$0.hasPrefix("pending/") })
        try await cache.expectSound()
    }

    @Test("counts what is there", arguments: MetadataKind.allCases)
    func countsObjects(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.library)
        let statistics = try await cache.service.statistics()
        #expect(statistics.objects == 6)
        let sizes = cache.bucket.keys.compactMap { cache.bucket[$0]?.bytes.count }.reduce(0, +)
        #expect(statistics.logicalBytes == Int64(sizes))
        try await cache.store.foldStatistics()
        #expect(try await cache.service.statistics() == statistics)
        #expect(try await cache.service.pendingUploads() == 0)
    }

    @Test("made again sends nothing", arguments: MetadataKind.allCases)
    func pushesAgain(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.tool)
        cache.bucket.forgetCalls()
        #expect(try await cache.push(Self.tool) == [])
        #expect(cache.bucket.calls == [])
        try await cache.expectSound()
    }

    @Test("of a closure that overlaps another sends only what is new", arguments: MetadataKind.allCases)
    func overlaps(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let other = TestPackage("other-1", [Self.base])
        let first = try await cache.create(Self.library)
        let second = try await cache.create(other)
        #expect(second.pendingObjects[Self.base.narKey] != nil)
        try await cache.upload(Self.library.closure, first)
        try await cache.sign(Self.library.closure, first)
        try await cache.service.complete(first.id)
        // The second one sends only its own; what they share is live by now.
        try await cache.upload([other], second)
        try await cache.sign([other], second)
        try await cache.service.complete(second.id)
        #expect(try await cache.push(TestPackage("third", [Self.library, other])).count == 3)
        try await cache.expectSound()
    }

    @Test("that lacks a NAR is refused, and can be completed later", arguments: MetadataKind.allCases)
    func missingNar(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.library)
        try await cache.upload(Self.library.closure, created, except: [Self.base.narKey])
        try await cache.sign(Self.library.closure, created)
        let error = try await failure { try await cache.service.complete(created.id) }
        #expect(error.code == .conflict)
        #expect(error.missing == [Self.base.narKey])
        #expect(try await cache.service.closure(Self.library.key) == nil)
        try await cache.expectSound()
        try await cache.upload([Self.base], created)
        try await cache.service.complete(created.id)
        #expect(try await cache.service.closure(Self.library.key) != nil)
        try await cache.expectSound()
    }

    @Test("that lacks a narinfo is refused", arguments: MetadataKind.allCases)
    func missingNarInfo(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.library)
        try await cache.upload(Self.library.closure, created)
        try await cache.sign([Self.library], created)
        let error = try await failure { try await cache.service.complete(created.id) }
        #expect(error.missing == [Self.base.key])
        try await cache.expectSound()
    }

    @Test(
        "without listings, logs and realisations is complete; they are offered again", arguments: MetadataKind.allCases)
    func advisoryObjects(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.tool)
        let advisory: Set<String> = [Self.tool.listingKey, Self.tool.logKey]
        try await cache.upload(Self.tool.closure, created, except: advisory)
        let narinfos = Self.tool.closure.map { ($0.key, $0.narInfoFields) }
        _ = try await cache.service.sign(
            created.id, SignRequest(narinfos: Dictionary(uniqueKeysWithValues: narinfos), publish: true))
        try await cache.service.complete(created.id)
        let realisation = try #require(Self.tool.realisationKey)
        #expect(try await cache.push(Self.tool) == advisory.union([realisation]))
        #expect(cache.bucket.text(of: realisation) == Self.tool.realisationText)
        try await cache.expectSound()
    }

    @Test("keeps logs that nothing references as extras", arguments: MetadataKind.allCases)
    func extras(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.tool)
        let snapshot = try await cache.store.snapshot()
        let extras = snapshot.closures.flatMap(\.extras).compactMap { snapshot.objects[$0]?.key }
        #expect(extras == [Self.tool.logKey])
    }

    @Test("completed again, also after a lost reply, is no error", arguments: MetadataKind.allCases)
    func completesAgain(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.library)
        try await cache.upload(Self.library.closure, created)
        try await cache.sign(Self.library.closure, created)
        try await cache.service.complete(created.id)
        try await cache.service.complete(created.id)
        try await cache.replica().complete(created.id)
        try await cache.expectSound()
    }

    @Test(
        "of an id that is unknown, no number or dropped", arguments: ["4711", "x", "", "-1", "99999999999999999999"],
        MetadataKind.allCases)
    func unknownIDs(id: String, kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let error = try await failure { try await cache.service.complete(id) }
        #expect(error.code == (id == "4711" ? .notFound : .invalidRequest))
    }

    @Test("that was given up is not found", arguments: MetadataKind.allCases)
    func dropped(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.library)
        try await cache.upload(Self.library.closure, created)
        cache.clock.advance(by: .seconds(10))
        try await cache.service.dropUploads(olderThan: .seconds(60))
        #expect(try await cache.service.pendingUploads() == 1)
        try await cache.service.dropUploads(olderThan: .zero)
        #expect(try await failure { try await cache.service.complete(created.id) }.code == .notFound)
        #expect(try await failure { try await cache.sign(Self.library.closure, created) }.code == .forbidden)
        #expect(try await cache.store.snapshot().claims == [])
        #expect(try await cache.states([Self.library.narKey]) == [.uploading])
        #expect(
            try await failure { try await cache.service.dropUploads(olderThan: .seconds(-1)) }.code == .invalidRequest)
        try await cache.expectSound()
    }

    @Test("shares a NAR between two names", arguments: MetadataKind.allCases)
    func sharedContent(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let twin = TestPackage("twin", [TestPackage("a", content: "same"), TestPackage("b", content: "same")])
        try await cache.push(twin)
        #expect(cache.bucket.keys.count { $0.hasPrefix("nar/") } == 2)
        try await cache.expectSound()
    }

    @Test("of several roots commits one closure for each", arguments: MetadataKind.allCases)
    func severalRoots(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let other = TestPackage("other-1", [Self.base])
        let packages = Self.library.closure + [other]
        let created = try await cache.service.create(
            CreateUploadRequest(roots: [other.key, Self.library.key], objects: packages.flatMap(\.objects)),
            origin: nil)
        try await cache.upload(packages, created)
        try await cache.sign(packages, created)
        try await cache.service.complete(created.id)
        let asked = [Self.base.key, other.key, Self.library.key, "rubbish"]
        #expect(try await cache.service.present(asked) == [other.key, Self.library.key].sorted())
        try await cache.expectSound()
    }

    @Test("of a root that is not listed is taken only when it is live", arguments: MetadataKind.allCases)
    func unlistedRoot(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let request = CreateUploadRequest(closure: Self.library.key, objects: Self.base.objects)
        let error = try await failure { _ = try await cache.service.create(request, origin: nil) }
        #expect(error.code == .invalidRequest)
        #expect(try await cache.service.pendingUploads() == 0)
        try await cache.push(Self.library)
        cache.clock.advance(by: .seconds(60))
        let created = try await cache.service.create(request, origin: nil)
        #expect(created.pendingObjects == [:])
        try await cache.service.complete(created.id)
        #expect(try await cache.service.closure(Self.library.key)?.updatedAt == cache.clock.now)
        try await cache.expectSound()
    }
}

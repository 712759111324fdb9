import CacheCore
import CacheStorage
import NarKit
import TestServices
import Testing

@Suite("References to what is not listed")
struct ExternalReferenceTests {
    static let base = TestPackage("base-1.0")
    static let library = TestPackage("library-2.0", [base])

    /// Pushes the library without what it refers to.
    private func pushAlone(_ cache: CacheFixture, external: [String] = []) async throws {
        let created = try await cache.service.create(
            CreateUploadRequest(closure: Self.library.key, objects: Self.library.objects, external: external),
            origin: nil)
        try await cache.upload([Self.library], created)
        try await cache.sign([Self.library], created)
        try await cache.service.complete(created.id)
    }

    @Test("are external until a later push lists both", arguments: MetadataKind.allCases)
    func external(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await pushAlone(cache)
        #expect(try await cache.service.closure(Self.library.key)?.objects.contains(Self.base.key) == false)
        try await cache.expectSound()
        try await cache.push(Self.base)
        #expect(try await cache.service.closure(Self.library.key)?.objects.contains(Self.base.key) == false)
        try await cache.push(Self.library)
        #expect(try await cache.service.closure(Self.library.key)?.objects.contains(Self.base.key) == true)
        try await cache.expectSound()
    }

    @Test("are edges when the target is there", arguments: MetadataKind.allCases)
    func edges(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(Self.base)
        try await pushAlone(cache)
        #expect(try await cache.service.closure(Self.library.key)?.objects.contains(Self.base.narKey) == true)
        try await cache.expectSound()
    }

    @Test("are edges when the target is being published by another upload", arguments: MetadataKind.allCases)
    func beingPublished(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind, hook: ScriptedHook())
        let created = try await cache.create(Self.base)
        try await cache.upload([Self.base], created)
        try await cache.sign([Self.base], created)
        cache.bucket.fail { call, key in call == "put" && key == Self.base.key ? .before(.unavailable) : nil }
        _ = try await failure { try await cache.service.complete(created.id) }
        try await pushAlone(cache)
        try await cache.expectSound()
        cache.bucket.fail(nil)
        await cache.service.resume()
        #expect(try await cache.service.closure(Self.library.key)?.objects.contains(Self.base.key) == true)
        try await cache.expectSound()
    }

    @Test("are refused on request, unless they are declared", arguments: MetadataKind.allCases)
    func completeClosures(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind) { $0.requireCompleteClosures = true }
        let error = try await failure { try await pushAlone(cache) }
        #expect(error.code == .conflict)
        #expect(error.missing == [Self.base.key])
        try await pushAlone(cache, external: [Self.base.key])
        #expect(try await cache.service.closure(Self.library.key) != nil)
        try await cache.expectSound()
    }

    @Test("in a circle can be pushed", arguments: MetadataKind.allCases)
    func circle(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let one = TestPackage("one", refersToItself: true)
        let two = TestPackage("two", [one])
        var objects = one.objects + two.objects
        for index in objects.indices where objects[index].key == one.key { objects[index].refs.append(two.key) }
        let created = try await cache.service.create(
            CreateUploadRequest(closure: two.key, objects: objects), origin: nil)
        try await cache.upload([one, two], created)
        try await cache.sign([one, two], created)
        try await cache.service.complete(created.id)
        #expect(try await cache.service.closure(two.key)?.objects.count == 6)
        try await cache.expectSound()
    }
}

import CacheCore
import CacheStorage
import NarKit
import TestServices
import Testing

@Suite("Staged narinfos")
struct StagingTests {
    static let base = TestPackage("base-1.0")
    static let library = TestPackage("library-2.0", [base])

    private func pushed(_ cache: CacheFixture, text: [UInt8]) async throws -> (CreateUploadResponse, CacheError) {
        let created = try await cache.create(Self.library)
        try await cache.upload(Self.library.closure, created)
        try cache.stage([Self.base], created)
        let url = try #require(created.pendingObjects[Self.library.key]?.presignedURL)
        try cache.bucket.clientPut(text, to: url)
        return (created, try await failure { try await cache.service.complete(created.id) })
    }

    @Test("that cannot be published are refused, and nothing is committed", arguments: MetadataKind.allCases)
    func rubbish(kind: MetadataKind) async throws {
        let other = TestPackage("other")
        let texts: [([UInt8], String)] = [
            (Array("rubbish".utf8), "cannot be used"),
            (Array(other.narInfoText().utf8), "belongs under another key"),
            (Array(Self.library.narInfoText(url: other.narKey).utf8), "is not in the cache"),
            (Array(Self.library.narInfoText(url: "elsewhere.nar").utf8), "is no NAR's key"),
            ([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3], "cannot be decompressed"),
        ]
        for (text, reason) in texts {
            let cache = try await CacheFixture(kind)
            let (created, error) = try await pushed(cache, text: text)
            #expect(error.code == .invalidRequest)
            #expect(error.message.contains(Self.library.key) && error.message.contains(reason), "\(error)")
            #expect(try await cache.service.closure(Self.library.key) == nil)
            #expect(try await cache.states([Self.library.key]) == [.uploading])
            try await cache.expectSound()
            // A proper text mends it.
            try cache.stage([Self.library], created)
            try await cache.service.complete(created.id)
            #expect(try await cache.service.closure(Self.library.key) != nil)
            try await cache.expectSound()
        }
    }

    @Test("keep the signatures they have", arguments: MetadataKind.allCases)
    func keepsSignatures(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.base)
        try await cache.upload([Self.base], created)
        let elsewhere = try SecretKey.generate(name: "builder-1")
        let plain = try NarInfo(parsing: Self.base.narInfoText())
        let signed = Self.base.narInfoText(signatures: [elsewhere.sign(plain.fingerprint).description])
        let url = try #require(created.pendingObjects[Self.base.key]?.presignedURL)
        #expect(url.hasPrefix("model:pending/\(created.id)/\(Self.base.key)?"))
        try cache.bucket.clientPut(Array(signed.utf8), to: url)
        try await cache.service.complete(created.id)
        let published = try NarInfo(parsing: try #require(cache.bucket.text(of: Self.base.key)))
        #expect(published.signatures.map(\.keyName).sorted() == ["builder-1", "cache.example-1"])
        try await cache.expectSound()
    }

    @Test("of another upload are taken where an upload has none", arguments: MetadataKind.allCases)
    func borrowed(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let other = TestPackage("other-1", [Self.base])
        // A client with two closures keeps one URL for the narinfo they share: that of the first.
        let first = try await cache.create(Self.library)
        let second = try await cache.create(other)
        try await cache.upload(Self.library.closure + [other], first)
        try await cache.upload([other], second)
        try cache.stage(Self.library.closure, first)
        try cache.stage([other], second)
        try await cache.service.complete(second.id)
        #expect(try await cache.service.closure(other.key) != nil)
        try await cache.expectSound()
        try await cache.service.complete(first.id)
        try await cache.expectSound()
    }

    @Test("kept by another upload with its claim are taken too", arguments: MetadataKind.allCases)
    func borrowedText(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let other = TestPackage("other-1", [Self.base])
        let first = try await cache.create(Self.library)
        let second = try await cache.create(other)
        try await cache.upload(Self.library.closure, first)
        try await cache.upload([other], second)
        try await cache.sign(Self.library.closure, first)
        try await cache.sign([other], second)
        try await cache.service.complete(second.id)
        #expect(cache.bucket[Self.base.key] != nil)
        try await cache.expectSound()
    }

    @Test("and all else under pending/ go when nothing can come any more", arguments: MetadataKind.allCases)
    func emptied(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.base)
        try cache.stage([Self.base], created)
        try await cache.service.dropUploads(olderThan: .zero)
        #expect(cache.bucket.keys.contains("pending/\(created.id)/\(Self.base.key)"))
        cache.clock.advance(by: LifecycleTimes.standard.writeWindow + .seconds(1))
        await cache.service.resume()
        #expect(cache.bucket.keys == [])
        #expect(try await cache.store.snapshot().uploads == [:])
        try await cache.expectSound()
    }
}

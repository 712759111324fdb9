import CacheCore
import NarKit
import TestServices
import Testing

/// What comes from another cache, over the lifecycle.
@Suite("What is pulled") struct PullTests {
    private static let library = TestPackage("library")
    private static let tool = TestPackage("tool", [library], refersToItself: true)

    /// The narinfo of a package as another niks3 has it.
    private func pulled(_ package: TestPackage) throws -> PulledNarInfo {
        let lines = package.narInfoText().split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.filter { !$0.hasPrefix("File") }.joined(separator: "\n")
        return try PulledNarInfo(Array(text.utf8), key: try ObjectKey(package.key), storeDirectory: .standard)
    }

    private func pull(_ package: TestPackage, _ fixture: CacheFixture, partSize: Int = 8 << 20) async throws {
        let service = PullService(uploads: fixture.service, partSize: partSize)
        var upload = try #require(try await service.begin(try pulled(package)))
        for byte in package.nar { try await upload.append([byte]) }
        try await upload.finish()
    }

    @Test("is a closure by itself, byte for byte", arguments: MetadataKind.allCases, [5, 8 << 20])
    func stored(kind: MetadataKind, partSize: Int) async throws {
        let fixture = try await CacheFixture(kind)
        try await pull(Self.tool, fixture, partSize: partSize)
        #expect(fixture.bucket[Self.tool.narKey]?.bytes == Self.tool.nar)
        #expect(fixture.bucket[Self.tool.key]?.bytes == (try pulled(Self.tool).bytes))
        #expect(fixture.bucket.multipartCount == 0)
        let closure = try await fixture.service.closure(Self.tool.key)
        #expect(closure?.objects == [Self.tool.key, Self.tool.narKey].sorted())
        try await fixture.expectSound()

        // What comes later is found by what refers to it.
        try await pull(Self.library, fixture)
        fixture.clock.advance(by: .seconds(60))
        try await fixture.expectSound()
        try await fixture.collect("720h", failedUploads: "0s", force: true)
        #expect(fixture.bucket.keys.count == 4)
        try await fixture.collect("30s", failedUploads: "0s", force: true)
        try await fixture.expectCleanAtRest()
        #expect(fixture.bucket.keys == [])
    }

    @Test("is not taken for pushed, until it is", arguments: MetadataKind.allCases)
    func pushed(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await pull(Self.tool, fixture)
        let pins = PinService(metadata: fixture.store, objects: fixture.bucket, logger: CacheFixture.logger)
        #expect(try await fixture.service.present([Self.tool.key]) == [])
        let error = try await failure { try await pins.set("a", storePath: Self.tool.storePath) }
        #expect(error.code == .notFound)

        // A push sends what is missing, and makes it whole.
        #expect(
            try await fixture.push(Self.tool)
                == [Self.library.key, Self.library.narKey, Self.library.listingKey, Self.tool.listingKey])
        #expect(try await fixture.service.present([Self.tool.key]) == [Self.tool.key])
        #expect(try await fixture.service.closure(Self.tool.key)?.objects.contains(Self.library.narKey) == true)
        try await pins.set("a", storePath: Self.tool.storePath)
        try await fixture.expectSound()
    }

    @Test("does not make what was pushed younger, nor less", arguments: MetadataKind.allCases)
    func older(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        let before = try await fixture.service.closure(Self.tool.key)?.updatedAt
        fixture.clock.advance(by: .seconds(60))
        // The bucket lost the NAR.
        fixture.bucket[Self.tool.narKey] = nil
        try await pull(Self.tool, fixture)
        #expect(fixture.bucket[Self.tool.narKey]?.bytes == Self.tool.nar)
        #expect(try await fixture.service.closure(Self.tool.key)?.updatedAt == before)
        #expect(try await fixture.service.present([Self.tool.key]) == [Self.tool.key])
        try await fixture.expectSound()
    }

    @Test("leaves nothing when it is given up", arguments: MetadataKind.allCases, [5, 8 << 20])
    func abandoned(kind: MetadataKind, partSize: Int) async throws {
        let fixture = try await CacheFixture(kind)
        let service = PullService(uploads: fixture.service, partSize: partSize)
        var upload = try #require(try await service.begin(try pulled(Self.tool)))
        try await upload.append(Array("something".utf8))
        await upload.abandon()
        #expect(fixture.bucket.multipartCount == 0)
        #expect(try await fixture.service.pendingUploads() == 0)
        try await fixture.expectCleanAtRest()
        #expect(fixture.bucket.keys == [])
    }

    @Test("waits for nothing that is just being deleted", arguments: MetadataKind.allCases)
    func busy(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await pull(Self.tool, fixture)
        fixture.clock.advance(by: .seconds(60))
        fixture.bucket.fail { call, _ in call == "delete" ? .after(.unavailable) : nil }
        _ = try await fixture.collections().collect(
            GCParameters(olderThan: "30s", failedUploadsOlderThan: "0s", force: true))
        fixture.bucket.fail(nil)
        let service = PullService(uploads: fixture.service)
        #expect(try await service.begin(try pulled(Self.tool)) == nil)
        #expect(try await fixture.service.pendingUploads() == 0)
    }

    @Test("fails when the NAR that arrived is none of its size", arguments: MetadataKind.allCases)
    func missing(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        let service = PullService(uploads: fixture.service)
        var upload = try #require(try await service.begin(try pulled(Self.tool)))
        let error = try await failure { try await upload.finish() }
        #expect(error.code == .conflict)
        await upload.abandon()
        try await fixture.expectCleanAtRest()
        #expect(fixture.bucket.keys == [])
    }

    @Test(
        "is only what can be read and named later",
        arguments: [
            ("", true), ("Compression: lzip", false), ("URL: nar/\(String(repeating: "1", count: 52)).nar.zst", false),
            ("URL: other.nar", false),
        ])
    func storable(line: String, isStorable: Bool) throws {
        let name = line.prefix { $0 != ":" }
        let lines = Self.tool.narInfoText().split(separator: "\n", omittingEmptySubsequences: false).map { old in
            !name.isEmpty && old.hasPrefix(name + ":") ? line[...] : old
        }
        let pulled = try PulledNarInfo(
            Array(lines.joined(separator: "\n").utf8), key: try ObjectKey(Self.tool.key), storeDirectory: .standard)
        #expect(pulled.isStorable == isStorable)
    }
}

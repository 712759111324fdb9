import CacheCore
import Logging
import TestServices
import Testing

@Suite("A pin")
struct PinTests {
    let package = TestPackage("release-1.0")
    let next = TestPackage("release-1.1")

    private func pins(_ cache: CacheFixture) -> PinService {
        PinService(
            metadata: cache.store, objects: cache.bucket,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("keeps its closure until it is gone, or another's", arguments: MetadataKind.allCases)
    func keeps(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pins = pins(cache)
        try await cache.push(package)
        try await pins.set("stable", storePath: package.storePath)
        let created = cache.clock.now
        #expect(cache.bucket.text(of: "pins/stable") == package.storePath)
        #expect(
            try await pins.all()
                == [Pin(name: "stable", storePath: package.storePath, createdAt: created, updatedAt: created)])
        cache.clock.advance(by: .seconds(40 * 86_400))
        #expect(try await cache.collect() == GCStatistics())

        try await cache.push(next)
        try await pins.set("stable", storePath: next.storePath)
        #expect(cache.bucket.text(of: "pins/stable") == next.storePath)
        #expect(try await pins.all().map(\.createdAt) == [created])
        #expect(try await pins.all().map(\.updatedAt) == [cache.clock.now])
        #expect(try await cache.collect().oldClosuresDeleted == 1)

        cache.clock.advance(by: .seconds(40 * 86_400))
        #expect(try await cache.collect().oldClosuresDeleted == 0)
        try await pins.remove("stable")
        #expect(cache.bucket.text(of: "pins/stable") == nil)
        #expect(try await pins.all() == [])
        #expect(try await cache.collect().oldClosuresDeleted == 1)
    }

    @Test("is refused where there is nothing to pin", arguments: MetadataKind.allCases)
    func refused(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pins = pins(cache)
        #expect(try await failure { try await pins.set("a", storePath: package.storePath) }.code == .notFound)
        #expect(try await failure { try await pins.remove("a") }.code == .notFound)
        try await cache.push(package)
        #expect(try await failure { try await pins.set("a", storePath: "/nix/store") }.code == .invalidRequest)
        for name in ["", "a/b", "ä", " ", String(repeating: "a", count: 257)] {
            #expect(
                try await failure { try await pins.set(name, storePath: package.storePath) }.code == .invalidRequest)
        }
        try await pins.set(String(repeating: "a", count: 256), storePath: package.storePath)
    }

    @Test("is listed by name, page by page", arguments: MetadataKind.allCases)
    func listed(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(package)
        for name in ["b", "B", "a-1", "a.1", "_"] {
            _ = try await cache.store.setPin(
                NewPin(name: try PinName(name), closure: package.key, storePath: package.storePath))
        }
        let sorted = ["B", "_", "a-1", "a.1", "b"]
        #expect(try await cache.store.pins(after: "", limit: 10).map(\.name) == sorted)
        #expect(try await cache.store.pins(after: "_", limit: 2).map(\.name) == ["a-1", "a.1"])
        #expect(try await pins(cache).all().map(\.name) == sorted)
    }

    @Test("has its object written again when a write failed", arguments: MetadataKind.allCases)
    func repaired(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pins = pins(cache)
        try await cache.push(package)
        cache.bucket.fail { call, key in call == "put" && key == "pins/a" ? .before(.unavailable) : nil }
        #expect(try await failure { try await pins.set("a", storePath: package.storePath) }.code == .unavailable)
        cache.bucket.fail(nil)
        #expect(try await pins.all().map(\.name) == ["a"])
        await pins.repair()
        #expect(cache.bucket.text(of: "pins/a") == package.storePath)
    }
}

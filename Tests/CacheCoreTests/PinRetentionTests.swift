import CacheCore
import Logging
import TestServices
import Testing

@Suite("What a pin keeps")
struct PinRetentionTests {
    let versions = (1...4).map { TestPackage("release-1.\($0)") }

    private func pins(_ cache: CacheFixture) -> PinService {
        PinService(
            metadata: cache.store, objects: cache.bucket,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The closures that a collection leaves long after the last push.
    private func left(_ cache: CacheFixture) async throws -> Set<String> {
        cache.clock.advance(by: .seconds(40 * 86_400))
        _ = try await cache.collect()
        try await cache.expectSound()
        return Set(try await cache.store.closures(matching: "", after: "", limit: 100).map(\.key))
    }

    private func keys(_ numbers: Int...) -> Set<String> { Set(numbers.map { versions[$0].key }) }

    @Test("ends when it expires, by the database's clock", arguments: MetadataKind.allCases)
    func expiry(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pins = pins(cache)
        for package in versions { try await cache.push(package) }
        let end = cache.clock.now + .seconds(60 * 86_400)
        try await pins.set("short", storePath: versions[0].storePath, expiresAt: end)
        try await pins.set("long", storePath: versions[1].storePath)
        try await pins.set("replaced", storePath: versions[2].storePath, expiresAt: end)
        #expect(try await pins.all().map(\.expiresAt) == [nil, end, end])
        #expect(try await left(cache) == keys(0, 1, 2))
        // Giving the name again without an end takes the end away.
        try await pins.set("replaced", storePath: versions[2].storePath)

        cache.clock.advance(by: .seconds(20 * 86_400))
        #expect(try await pins.all().map(\.name) == ["long", "replaced"])
        #expect(try await cache.store.pin(try PinName("short")) == nil)
        #expect(try await failure { try await pins.remove("short") }.code == .notFound)
        #expect(try await left(cache) == keys(1, 2))
        await pins.repair()
        #expect(cache.bucket.text(of: "pins/short") == nil)
        #expect(cache.bucket.text(of: "pins/long") == versions[1].storePath)

        let now = cache.clock.now
        for past in [now, now - .seconds(1)] {
            let refused = try await failure {
                try await pins.set("a", storePath: versions[1].storePath, expiresAt: past)
            }
            #expect(refused.code == .invalidRequest)
        }
    }

    @Test("a name that has expired begins anew", arguments: MetadataKind.allCases)
    func renewed(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pins = pins(cache)
        for package in versions { try await cache.push(package) }
        try await pins.set("a", storePath: versions[0].storePath, keep: 9)
        try await pins.set("a", storePath: versions[1].storePath, expiresAt: cache.clock.now + .seconds(60), keep: 9)
        cache.clock.advance(by: .seconds(60))
        try await pins.set("a", storePath: versions[2].storePath, keep: 9)
        #expect(try await pins.all().map(\.createdAt) == [cache.clock.now])
        #expect(try await left(cache) == keys(2))
    }

    @Test("the last closures that had the name stay, as many as it says", arguments: MetadataKind.allCases)
    func kept(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pins = pins(cache)
        for package in versions { try await cache.push(package) }
        for number in [0, 1, 2, 3, 1] {
            cache.clock.advance(by: .seconds(1))
            try await pins.set("a", storePath: versions[number].storePath, keep: 3)
        }
        // One that comes again counts once, as the newest.
        #expect(try await left(cache) == keys(1, 2, 3))
        let refused = try await failure {
            try await ClosureService(
                metadata: cache.store, objects: cache.bucket,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ).remove(versions[2].key)
        }
        #expect(refused.code == .conflict)
        try await pins.set("a", storePath: versions[1].storePath, keep: 2)
        #expect(try await left(cache) == keys(1, 3))
        try await pins.set("a", storePath: versions[3].storePath)
        #expect(try await left(cache) == keys(3))
        for keep in [0, -1, 1001] {
            let refused = try await failure { try await pins.set("a", storePath: versions[3].storePath, keep: keep) }
            #expect(refused.code == .invalidRequest)
        }
        try await pins.remove("a")
        #expect(try await left(cache) == [])
    }

    @Test("a dry run counts closures that a pin keeps no longer", arguments: MetadataKind.allCases)
    func planned(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pins = pins(cache)
        for package in versions { try await cache.push(package) }
        let parameters = GCParameters(olderThan: "720h")
        try await pins.set("a", storePath: versions[0].storePath, keep: 2)
        try await pins.set("a", storePath: versions[1].storePath, expiresAt: cache.clock.now + .days(50), keep: 2)
        cache.clock.advance(by: .days(40))
        #expect(try await cache.collections().plan(parameters).stats.oldClosuresDeleted == 2)
        cache.clock.advance(by: .days(20))
        #expect(try await cache.collections().plan(parameters).stats.oldClosuresDeleted == 4)
        #expect(try await left(cache) == [])
    }
}

extension Duration {
    fileprivate static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}

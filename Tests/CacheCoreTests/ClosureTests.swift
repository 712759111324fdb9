import CacheCore
import Logging
import TestServices
import Testing

@Suite("Closures")
struct ClosureTests {
    let leaf = TestPackage("leaf-1.0")
    let other = TestPackage("Other-2.0")

    private func closures(_ cache: CacheFixture) -> ClosureService {
        ClosureService(metadata: cache.store, objects: cache.bucket, logger: Self.silent)
    }

    private static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    private func pins(_ cache: CacheFixture) -> PinService {
        PinService(metadata: cache.store, objects: cache.bucket, logger: Self.silent)
    }

    /// The bytes of what a package and those it refers to have in the bucket.
    private func bytes(_ package: TestPackage, _ cache: CacheFixture) -> Int64 {
        Set(package.closure.flatMap(\.objects).map(\.key)).reduce(0) { sum, key in
            sum + Int64(cache.bucket[key]?.bytes.count ?? 0)
        }
    }

    @Test("are listed with their store paths and sizes, page by page", arguments: MetadataKind.allCases)
    func listed(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let top = TestPackage("top-1.0", [leaf])
        try await cache.push(top)
        cache.clock.advance(by: .seconds(60))
        try await cache.push(other)
        // The narinfo of a path that was pushed with another is not seen again when the path becomes a root.
        try await cache.push(leaf)
        let all = try await closures(cache).list(limit: 10)
        let times = [top.key: MetadataFixture.start, leaf.key: cache.clock.now, other.key: cache.clock.now]
        let expected = [top, leaf, other].sorted { $0.key < $1.key }.map { package in
            ClosureSummary(
                id: package.key, storePath: package.storePath, updatedAt: times[package.key] ?? cache.clock.now,
                bytes: bytes(package, cache))
        }
        #expect(all == ClosureListResponse(closures: expected))
        #expect(
            try await cache.store.closures(matching: "", after: "", limit: 10).map(\.storePath).contains(nil) == false)

        var pages: [[String]] = []
        var next: String? = ""
        while let after = next {
            let page = try await closures(cache).list(limit: 2, after: after)
            pages.append(page.closures.map(\.id))
            next = page.next
        }
        #expect(pages == [expected.prefix(2).map(\.id), expected.suffix(1).map(\.id)])
        try await cache.expectSound()
    }

    @Test("are found by a part of their store path, in either case", arguments: MetadataKind.allCases)
    func searched(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let top = TestPackage("top-1.0", [leaf])
        for package in [top, other, leaf] { try await cache.push(package) }
        for (search, found) in [
            ("top", [top]), ("OTHER", [other]), ("1.0", [top, leaf]), ("leaf", [leaf]), ("%", []), ("nothing", []),
        ] {
            let page = try await closures(cache).list(limit: 10, search: search)
            #expect(page.closures.map(\.id) == found.map(\.key).sorted(), "\(search)")
            #expect(page.next == nil)
        }
        for limit in [0, 101] {
            #expect(try await failure { _ = try await closures(cache).list(limit: limit) }.code == .invalidRequest)
        }
        let long = String(repeating: "x", count: 257)
        #expect(
            try await failure { _ = try await closures(cache).list(limit: 1, search: long) }.code == .invalidRequest)
        #expect(try await failure { _ = try await closures(cache).list(limit: 1, after: long) }.code == .invalidRequest)
    }

    @Test("are listed without a store path while their narinfo cannot be read", arguments: MetadataKind.allCases)
    func unreadable(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        try await cache.push(TestPackage("top-1.0", [leaf]))
        try await cache.push(leaf)
        cache.bucket.fail { call, key in call == "content" && key == leaf.key ? .before(.unavailable) : nil }
        #expect(try await failure { _ = try await closures(cache).list(limit: 10) }.code == .unavailable)
        cache.bucket.fail(nil)
        #expect(try await closures(cache).list(limit: 10).closures.allSatisfy { $0.storePath != nil })
    }

    @Test(
        "are deleted unless they are pinned; a collection takes what only they needed", arguments: MetadataKind.allCases
    )
    func deleted(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let (closures, pins) = (closures(cache), pins(cache))
        let top = TestPackage("top-1.0", [leaf])
        try await cache.push(top)
        try await cache.push(leaf)
        for key in [other.key, "nar/x", ""] {
            #expect(try await failure { try await closures.remove(key) }.code == .notFound)
        }
        try await pins.set("stable", storePath: top.storePath)
        let refused = try await failure { try await closures.remove(top.key) }
        #expect(refused.code == .conflict)
        #expect(refused.message == "The closure \(top.key) is kept by stable; delete that pin first.")

        try await pins.set("stable", storePath: leaf.storePath)
        try await closures.remove(top.key)
        #expect(try await failure { try await closures.remove(top.key) }.code == .notFound)
        #expect(try await closures.list(limit: 10).closures.map(\.id) == [leaf.key])
        #expect(try await cache.collect().objectsMarkedForDeletion > 0)
        try await cache.expectSound()
        #expect(try await cache.states([leaf.key, leaf.narKey]) == [.live, .live])
        #expect(try await cache.states([top.key]) == [.condemned])
    }
}

import CacheCore
import NarKit
import Synchronization
import Testing

@testable import CacheClient

/// Pushes that leave something out, on purpose or because it fails.
@Suite struct PartialPushTests {
    private let bottom: StorePath
    private let middle: StorePath
    private let top: StorePath
    private let store: TestStore

    init() async throws {
        (bottom, middle, top) = (try storePath("1", "bottom"), try storePath("2", "middle"), try storePath("3", "top"))
        store = try await TestStore([
            .init(path: bottom, content: Array("bottom".utf8)),
            .init(path: middle, content: Array("middle".utf8), references: [bottom]),
            .init(path: top, content: Array("top".utf8), references: [middle, top]),
        ])
    }

    private func narinfo(_ path: StorePath) -> String { "\(path.hashPart).narinfo" }

    private func narinfos(_ request: CreateUploadRequest?) -> [String] {
        request?.objects.filter { $0.type == .narinfo }.map(\.key) ?? []
    }

    @Test("--no-closure sends the paths that are named, and says what they refer to")
    func noClosure() async throws {
        let cache = FakeCache()
        var options = PushOptions()
        options.leavesOutReferences = true
        let summary = try await TestPush.run([top], of: store, to: cache, options: options)
        let create = cache.state.withLock { $0.creates }.first
        #expect(narinfos(create) == [narinfo(top)])
        #expect(create?.external == [narinfo(middle)])
        #expect(summary.newPaths == 1)
    }

    @Test(
        "--skip-upstream leaves out what the substituter has, and all below",
        arguments: [("middle", 404), ("middle", 403), ("top", 404), ("none", 404)])
    func skipUpstream(present: String, status: Int) async throws {
        let paths = ["middle": middle, "top": top]
        let cache = FakeCache(fault: { [narinfo] request, _ in
            guard request.path.hasPrefix("/upstream/") else { return nil }
            return paths[present].map { request.path == "/upstream/\(narinfo($0))" } == true
                ? .init(200) : .init(status)
        })
        let summary = try await TestPush.with(store, cache) { pusher, url in
            var pusher = pusher
            pusher.options.skippedUpstreams = [url + "/upstream/"]
            return try await pusher.push([top])
        }
        let create = cache.state.withLock { $0.creates }.first
        switch present {
        case "middle":
            #expect(narinfos(create) == [narinfo(top)])
            #expect(create?.external == [narinfo(middle)])
            #expect(summary.upstreamPaths == 2)
        case "top":
            #expect(create == nil)
            #expect(summary.upstreamPaths == 3)
        default:
            #expect(narinfos(create).count == 3)
            #expect(create?.external == [])
        }
    }

    @Test("a substituter that fails is named once, and nothing is left out")
    func brokenUpstream() async throws {
        let cache = FakeCache(fault: { request, _ in request.path.hasPrefix("/upstream/") ? .init(400) : nil })
        let warnings = Notes<String>()
        let (summary, url) = try await TestPush.with(store, cache) { pusher, url in
            var pusher = pusher
            pusher.options.skippedUpstreams = [url + "/upstream"]
            let summary = try await pusher.push([top]) { if case .warning(let text) = $0 { warnings.add(text) } }
            return (summary, url)
        }
        #expect(summary.newPaths == 3)
        #expect(warnings.all == ["\(url)/upstream is not taken into account: it answered 400."])
    }

    @Test("a dry run says what is lacking, and changes nothing")
    func preview() async throws {
        let cache = FakeCache()
        _ = try await TestPush.run([middle], of: store, to: cache)
        cache.state.withLock { $0.log = [] }
        let preview = try await TestPush.with(store, cache) { pusher, _ in try await pusher.preview([top]) }
        #expect(preview.newPaths.map(\.storePath) == [top])
        #expect(preview.cachedPaths == 2)
        #expect(preview.narBytes == store.info(top)?.narSize)
        #expect(cache.log.allSatisfy { $0.hasPrefix("HEAD ") })
    }

    @Test("with one bad path the others are pushed, each failure with its reason")
    func badPath() async throws {
        try store.corrupt(middle)
        let cache = FakeCache()
        let outcomes = try await TestPush.with(store, cache) { pusher, _ in
            await pusher.pushEach([top, middle, bottom]).outcomes
        }
        #expect(outcomes.map(\.path) == [top, middle, bottom])
        #expect(outcomes.map { $0.failure?.code } == [.hashMismatch, .hashMismatch, nil])
        #expect(cache.objects[narinfo(bottom)] != nil)
        #expect(cache.objects[narinfo(top)] == nil)
    }

    @Test("after three failures and no success the rest is not tried")
    func givingUp() async throws {
        let cache = FakeCache(fault: { request, _ in request.path == "/api/pushes" ? .init(403, text: "no") : nil })
        let paths = try "456789".map { try storePath($0, "path") }
        let store = try await TestStore(paths.map { .init(path: $0, content: Array("\($0)".utf8)) })
        let outcomes = try await TestPush.with(store, cache) { pusher, _ in await pusher.pushEach(paths).outcomes }
        #expect(outcomes.allSatisfy { $0.failure?.code == .forbidden })
        #expect(
            outcomes.map { $0.failure?.message.hasPrefix("It was not tried") == true }
                == [false, false, false, true, true, true])
        #expect(cache.log.filter { $0 == "POST /api/pushes" }.count == 4)
    }

    @Test("a large path that does not compress is stored at the fastest level, others at the one asked for")
    func incompressible() async throws {
        let (random, text) = (try storePath("4", "random"), try storePath("5", "text"))
        let words = (0..<300_000).flatMap { Array("\($0 &* 2_654_435_761) ".utf8) }
        let store = try await TestStore([
            .init(path: random, content: noise(2 << 20)), .init(path: text, content: words),
        ])
        for (path, isCompressed) in [(random, false), (text, true)] {
            let info = try #require(store.info(path))
            #expect(try await CompressionProbe.compresses(info, in: store.directories) == isCompressed)
            let cache = FakeCache()
            _ = try await TestPush.run([path], of: store, to: cache, options: PushOptions(compressionLevel: 9))
            let source = NarSource(
                path: path.path(in: store.directories.store),
                options: .init(compression: .zstd(ZstdOptions(level: isCompressed ? 9 : 1)), bufferedChunks: 2))
            var expected: [UInt8] = []
            for try await chunk in source.makeStream() { expected += chunk }
            #expect(cache.objects["nar/\(info.narHash.nix32).nar.zst"] == expected)
        }
    }
}

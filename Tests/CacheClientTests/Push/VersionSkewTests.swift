import CacheCore
import NarKit
import Synchronization
import Testing

@testable import CacheClient

/// This client against servers that lack what came later: a missing GET or HEAD route is 404 there, others 405.
@Suite struct VersionSkewTests {
    private static let newer: [(prefix: String, status: Int)] = [
        ("GET /api/cache-config", 404), ("POST /api/objects/present", 405),
        ("POST /api/objects/uploaded", 405), ("HEAD /api/objects/", 404),
        ("POST /api/pushes", 405), ("POST /api/uploads/complete", 405), ("POST /api/uploads/skipped", 405),
        ("POST /api/multipart/request-parts", 405),
    ]

    private func push(lacking prefixes: [String], authorizesReads: Bool = false) async throws -> FakeCache {
        let dependency = try storePath("1", "dependency")
        let roots = [try storePath("2", "one"), try storePath("3", "two")]
        let store = try await TestStore(
            [.init(path: dependency, content: noise(11 << 20))]
                + roots.map { .init(path: $0, content: Array("\($0)".utf8), references: [dependency]) })
        let cache = FakeCache(
            .init(publishes: false),
            fault: { request, _ in
                guard let prefix = prefixes.first(where: { request.line.hasPrefix($0) }) else { return nil }
                let status = Self.newer.first { $0.prefix == prefix }?.status ?? 404
                return .init(authorizesReads && status == 404 ? 401 : status, text: "no such route")
            })
        let summary = try await TestPush.run(
            roots, of: store, to: cache, options: PushOptions(presenceThreshold: 2))
        #expect(summary.newPaths == 3)
        for path in roots + [dependency] { #expect(cache.objects["\(path.hashPart).narinfo"] != nil) }
        return cache
    }

    @Test("a server that lacks one newer route is pushed to all the same", arguments: newer.map(\.prefix))
    func without(route: String) async throws {
        let cache = try await push(lacking: [route])
        let usesPushes = !["GET /api/cache-config", "POST /api/pushes"].contains(route)
        #expect(cache.log.contains { $0.hasPrefix("POST /api/pending_closures") } != usesPushes)
    }

    @Test("so is one that lacks all of them, and gates its reads", arguments: [false, true])
    func oldest(authorizesReads: Bool) async throws {
        let cache = try await push(lacking: Self.newer.map(\.prefix), authorizesReads: authorizesReads)
        let creates = cache.state.withLock { $0.creates }
        #expect(creates.count == 2)
        #expect(creates.allSatisfy { $0.closure != nil && $0.roots == nil })
    }
}

import CacheCore
import CacheStorage
import Logging
import NarKit
import TestServices
import Testing

/// Several servers over one PostgreSQL and one bucket.
@Suite("Several servers")
struct ReplicaTests {
    /// What a push of overlapping closures is made from: a few that all share, and some of its own.
    private static func package(_ number: Int, shared: [TestPackage]) -> TestPackage {
        let middle = (0..<3).map { TestPackage("middle-\((number + $0) % 8)", shared) }
        return TestPackage("top-\(number)", middle, refersToItself: true, log: number % 2 == 0)
    }

    /// A whole push by a service of its own.
    private static func push(_ package: TestPackage, _ cache: CacheFixture, _ service: UploadService) async throws {
        let created = try await service.create(
            CreateUploadRequest(closure: package.key, objects: package.closure.flatMap(\.objects)), origin: nil)
        try await cache.upload(package.closure, created)
        let pending = package.closure.filter { created.pendingObjects[$0.key] != nil }
        _ = try await service.sign(
            created.id,
            SignRequest(
                narinfos: Dictionary(uniqueKeysWithValues: pending.map { ($0.key, $0.narInfoFields) }), publish: true))
        try await service.complete(created.id)
    }

    @Test("take 64 pushes of overlapping closures at once, and all of them commit")
    func overlapping() async throws {
        let cache = try await CacheFixture(.postgres)
        let shared = (0..<12).map { TestPackage("shared-\($0)") }
        let packages = (0..<64).map { Self.package($0, shared: shared) }
        var services: [UploadService] = []
        for _ in 0..<4 { services.append(cache.service(over: try await cache.metadata.replica())) }
        let replicas = services
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, package) in packages.enumerated() {
                group.addTask { try await Self.push(package, cache, replicas[number % replicas.count]) }
            }
            try await group.waitForAll()
        }
        for package in packages {
            let closure = try #require(try await cache.service.closure(package.key))
            #expect(Set(package.closure.flatMap { [$0.key, $0.narKey, $0.listingKey] }).isSubset(of: closure.objects))
        }
        let snapshot = try await cache.store.snapshot()
        #expect(snapshot.closures.count == 64)
        #expect(snapshot.objects.values.allSatisfy { $0.state == .live })
        #expect(snapshot.claims == [])
        // Numbers are used up where several find a key absent at once, not for each key that is there: they stay as dense
        // as the planner of collections wants them.
        #expect((snapshot.objects.keys.max() ?? 0) <= Int64(8 * snapshot.objects.count))
        try await cache.expectSound()
    }

    @Test("publish one path that was built twice, at once, and one text wins")
    func otherContent() async throws {
        let cache = try await CacheFixture(.postgres)
        let dependencies = (0..<6).map { TestPackage("dependency-\($0)") }
        let packages = dependencies.enumerated().map { index, dependency in
            TestPackage("same", [dependency], content: "build \(index)")
        }
        var services: [UploadService] = []
        for _ in packages { services.append(cache.service(over: try await cache.metadata.replica())) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (package, service) in zip(packages, services) {
                group.addTask { try await Self.push(package, cache, service) }
            }
            try await group.waitForAll()
        }
        let info = try NarInfo(parsing: try #require(cache.bucket.text(of: packages[0].key)))
        #expect(packages.map(\.narKey).contains(info.url))
        try await cache.expectSound()
    }

    @Test("create, complete and give up the same upload at once, with one outcome")
    func sameUpload() async throws {
        let package = TestPackage("tool", [TestPackage("library")])
        for round in 0..<5 {
            let cache = try await CacheFixture(.postgres)
            let other = cache.service(over: try await cache.metadata.replica())
            let created = try await cache.create(package)
            try await cache.upload(package.closure, created)
            try await cache.sign(package.closure, created)
            async let completed = Self.outcome { () throws(CacheError) in try await cache.service.complete(created.id) }
            async let again = Self.outcome { () throws(CacheError) in try await other.complete(created.id) }
            async let dropped = Self.outcome { () throws(CacheError) in try await other.dropUploads(olderThan: .zero) }
            let outcomes = await [completed, again]
            #expect(await dropped == nil)
            let closure = try await cache.service.closure(package.key)
            #expect(outcomes.allSatisfy { $0 == nil } == (closure != nil), "round \(round): \(outcomes)")
            #expect(outcomes.allSatisfy { $0 == nil || $0 == .notFound })
            await cache.service.resume()
            try await cache.expectSound()
        }
    }

    /// The code of the error that a call throws; nil when it succeeds.
    private static func outcome(_ body: () async throws(CacheError) -> Void) async -> CacheError.Code? {
        do throws(CacheError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }
}

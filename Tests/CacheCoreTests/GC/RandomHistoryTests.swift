import CacheCore
import TestServices
import Testing

/// Random histories of pushes, collections, crashes and failures of the bucket: whatever happens, the invariants hold.
@Suite struct RandomHistoryTests {
    /// Packages that share parts, as closures do.
    static let packages: [TestPackage] = {
        let base = TestPackage("base")
        let library = TestPackage("library", [base], refersToItself: true)
        let tool = TestPackage("tool", [base, library], log: true)
        return [base, library, tool, TestPackage("service", [library, tool], realised: true), TestPackage("other")]
    }()

    @Test(arguments: 0..<60 as Range<UInt64>)
    func invariantsHold(seed: UInt64) async throws {
        try await check(seed, .sqlite)
    }

    @Test(arguments: 100..<106 as Range<UInt64>)
    func invariantsHoldOnPostgres(seed: UInt64) async throws {
        try await check(seed, .postgres)
    }

    private func check(_ seed: UInt64, _ kind: MetadataKind) async throws {
        var random = SplitMix(seed: seed)
        let fixture = try await CacheFixture(kind)
        var open: [(TestPackage, CreateUploadResponse)] = []
        for _ in 0..<40 {
            let before = try await fixture.store.snapshot()
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1, 2:
                let package = Self.packages[Int.random(in: 0..<Self.packages.count, using: &random)]
                guard let created = try await unlessBusy({ try await fixture.create(package) }) else { continue }
                open.append((package, created))
            case 3, 4, 5:
                guard !open.isEmpty else { continue }
                let (package, created) = open.remove(at: Int.random(in: 0..<open.count, using: &random))
                try await finish(package, created, fixture, stopAt: stop(&random))
            case 6:
                fixture.clock.advance(by: .seconds(Int.random(in: 1...5 * 3600, using: &random)))
            default:
                try await collect(fixture, &random)
            }
            try await fixture.expectSound()
            let after = try await fixture.store.snapshot()
            #expect(LifecycleInvariants.violations(from: before, to: after) == [])
        }
        fixture.bucket.fail(nil)
        fixture.clock.advance(by: .seconds(3600))
        await fixture.service.resume()
        try await fixture.expectCleanAtRest()
    }

    /// After how many half steps the process dies, mostly never.
    private func stop(_ random: inout SplitMix) -> Int? {
        Bool.random(using: &random) ? Int.random(in: 0..<60, using: &random) : nil
    }

    private func finish(
        _ package: TestPackage, _ created: CreateUploadResponse, _ fixture: CacheFixture, stopAt: Int?
    ) async throws {
        do {
            try await fixture.upload(package.closure, created)
            try await fixture.sign(package.closure, created)
            try await fixture.replica(hook: ScriptedHook(stopAt: stopAt)).complete(created.id)
        } catch let error as CacheError {
            // Given up by a collection, or something went away, or the process died.
            #expect([.notFound, .forbidden, .conflict, .unavailable].contains(error.code))
        } catch let error as ObjectStoreError {
            #expect(error.code == .expired || error.code == .noSuchUpload)
        }
    }

    private func collect(_ fixture: CacheFixture, _ random: inout SplitMix) async throws {
        let hook = ScriptedHook(stopAt: stop(&random))
        let fault: ModelObjectStore.Fault? =
            [nil, nil, .before(.unavailable), .after(.unavailable)]
            .randomElement(using: &random) ?? nil
        fixture.bucket.fail { call, _ in call == "delete" ? fault : nil }
        defer { fixture.bucket.fail(nil) }
        let parameters = GCParameters(
            olderThan: ["0", "1h", "4h"].randomElement(using: &random) ?? "0",
            failedUploadsOlderThan: ["0", "1h", "6h"].randomElement(using: &random) ?? "6h",
            force: Int.random(in: 0..<3, using: &random) == 0)
        let collections = fixture.collections(fixture.replica(hook: hook), hook: hook, batch: 3)
        do { _ = try await collections.collect(parameters) } catch {
            #expect([.conflict, .unavailable].contains(error.code))
        }
    }

    private func unlessBusy<Value>(_ body: () async throws -> Value) async throws -> Value? {
        do { return try await body() } catch let error as CacheError where error.code == .busy { return nil }
    }
}

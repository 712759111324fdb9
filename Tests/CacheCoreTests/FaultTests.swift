import CacheCore
import CacheStorage
import NarKit
import TestServices
import Testing

@Suite("Faults")
struct FaultTests {
    static let base = TestPackage("base-1.0")
    static let library = TestPackage("library-2.0", [base])
    static let tool = TestPackage("tool-3.0", [library, base], refersToItself: true, realised: true)

    /// A push up to, but without, its completion.
    private func prepared(_ cache: CacheFixture) async throws -> CreateUploadResponse {
        let created = try await cache.create(Self.tool)
        try await cache.upload(Self.tool.closure, created)
        try await cache.sign(Self.tool.closure, created)
        return created
    }

    @Test("of a write are repeated under a new lease", arguments: [true, false], MetadataKind.allCases)
    func repeatsWrites(isLost: Bool, kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind, hook: ScriptedHook())
        let created = try await prepared(cache)
        let key = Self.base.key
        let clock = cache.clock
        let bucket = cache.bucket
        bucket.fail { call, target in
            guard call == "put", target == key, bucket.calls.count(where: { $0 == "put \(key)" }) < 3 else {
                return nil
            }
            clock.advance(by: .seconds(61))
            return isLost ? .after(.unavailable) : .before(.throttled)
        }
        try await cache.service.complete(created.id)
        #expect(cache.bucket.calls.count { $0 == "put \(key)" } == 3)
        try await cache.expectSound()
    }

    @Test(
        "that last leave an upload publishing; a later call finishes it", arguments: [true, false],
        MetadataKind.allCases)
    func leavesPublishing(resumes: Bool, kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind, hook: ScriptedHook())
        let created = try await prepared(cache)
        cache.bucket.fail { call, key in call == "put" && key == Self.library.key ? .before(.unavailable) : nil }
        let error = try await failure { try await cache.service.complete(created.id) }
        #expect(error.code == .unavailable)
        #expect(cache.bucket[Self.base.key] != nil)
        #expect(cache.bucket[Self.tool.key] == nil, "it refers to the library, which is not there yet")
        #expect(try await cache.service.closure(Self.tool.key) == nil)
        try await cache.expectSound()
        // It is not dropped, however old it is.
        cache.clock.advance(by: .seconds(86_400))
        try await cache.service.dropUploads(olderThan: .zero)
        cache.bucket.fail(nil)
        if resumes { await cache.replica().resume() } else { try await cache.service.complete(created.id) }
        #expect(try await cache.service.closure(Self.tool.key) != nil)
        try await cache.expectSound()
    }

    @Test("that repeating does not mend are not repeated", arguments: MetadataKind.allCases)
    func permanentFaults(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await prepared(cache)
        cache.bucket.fail { call, _ in call == "put" ? .before(.insufficientStorage) : nil }
        #expect(try await failure { try await cache.service.complete(created.id) }.code == .insufficientStorage)
        #expect(cache.bucket.calls.count { $0.hasPrefix("put") } == 1 + 1, "the base and the realisation")
        cache.bucket.fail { call, _ in call == "attributes" ? .before(.throttled) : nil }
        let other = try await cache.create(TestPackage("other"))
        let error = try await failure { try await cache.service.complete(other.id) }
        #expect(error.code == .throttled)
        #expect(error.retryAfter == .seconds(2))
    }

    @Test(
        "at any point leave a sound cache, and the push is finished by another server or made again",
        arguments: MetadataKind.allCases)
    func stopsAnywhere(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        var stop = 0
        var finished = false
        while !finished {
            // Each time with paths of its own.
            let base = TestPackage("base-\(stop)")
            let tool = TestPackage(
                "tool-\(stop)", [TestPackage("library-\(stop)", [base]), base], refersToItself: true, realised: true)
            let hook = ScriptedHook(stopAt: stop)
            let first = cache.replica(hook: hook)
            do {
                let request = CreateUploadRequest(
                    closure: tool.key, objects: tool.closure.flatMap(\.objects))
                let created = try await first.create(request, origin: nil)
                try await cache.upload(tool.closure, created)
                for key in [base.narKey, tool.listingKey] { try await first.uploadCompleted(key) }
                let narinfos = tool.closure.map { ($0.key, $0.narInfoFields) }
                let realisation = [try #require(tool.realisationKey): try #require(tool.realisationText)]
                _ = try await first.sign(
                    created.id,
                    SignRequest(
                        narinfos: Dictionary(uniqueKeysWithValues: narinfos), publish: true, realisations: realisation))
                try await first.complete(created.id)
            } catch is CacheError {}
            finished = !hook.isStopped
            try await cache.expectSound()
            let before = try await cache.store.snapshot()
            cache.clock.advance(by: .seconds(1))
            await cache.service.resume()
            try await cache.expectSound()
            try await cache.push(tool)
            try await cache.expectSound()
            #expect(LifecycleInvariants.violations(from: before, to: try await cache.store.snapshot()) == [])
            #expect(try await cache.service.closure(tool.key)?.objects.count == 10, "stopped at \(stop)")
            stop += 1
        }
        #expect(stop > 30, "the push has more steps than that")
    }

    @Test(
        "of two pushes of one path with other content leave one narinfo whose references are there",
        arguments: MetadataKind.allCases)
    func otherContent(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let other = TestPackage("other-dependency")
        // The same store path, built twice: it refers to another path and has another NAR.
        let first = TestPackage("same", [Self.base], content: "first")
        let second = TestPackage("same", [other], content: "second")
        let one = try await cache.create(first)
        let two = try await cache.create(second)
        for (package, created) in [(first, one), (second, two)] {
            try await cache.upload(package.closure, created)
            try await cache.sign(package.closure, created)
        }
        cache.bucket.fail { call, key in call == "put" && key == first.key ? .after(.insufficientStorage) : nil }
        _ = try await failure { try await cache.service.complete(one.id) }
        cache.bucket.fail(nil)
        try await cache.expectSound()
        try await cache.service.complete(two.id)
        try await cache.expectSound()
        #expect(cache.bucket.text(of: first.key)?.contains(second.narKey) == true)
        await cache.service.resume()
        #expect(cache.bucket.text(of: first.key)?.contains(second.narKey) == true, "the first that is live wins")
        let closure = try #require(try await cache.service.closure(first.key))
        #expect(Set([first.narKey, second.narKey, Self.base.key, other.key]).isSubset(of: closure.objects))
        try await cache.expectSound()
    }

    @Test("are never met by more requests at once than configured", arguments: MetadataKind.allCases)
    func boundedConcurrency(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind) { $0.storeConcurrency = 4 }
        let many = TestPackage("many", (0..<100).map { TestPackage("leaf-\($0)") })
        try await cache.push(many, staged: true)
        #expect((2...4).contains(cache.bucket.mostRunning))
        try await cache.expectSound()
    }

    @Test("by giving up a call end it", arguments: MetadataKind.allCases)
    func cancellation(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind) { $0.times.busyWait = .seconds(600) }
        try await cache.push(Self.base)
        try await cache.metadata.set(Self.base.narKey, to: .deleting, busyUntil: cache.clock.now + .seconds(120))
        let push = Task { try await cache.create(Self.base) }
        while try await cache.service.pendingUploads() == 0 { await Task.yield() }
        push.cancel()
        let error = try await failure { _ = try await push.value }
        #expect(error.code == .unavailable)
    }
}

import CacheCore
import CacheStorage
import TestServices
import Testing

@Suite("Readiness") struct ReadinessTests {
    @Test("depends on both stores being there", arguments: MetadataKind.allCases)
    func stores(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let readiness = Readiness(metadata: cache.store, objects: cache.bucket)
        try await readiness.check()
        cache.bucket.fail { call, _ in call == "check" ? .before(.unavailable) : nil }
        let error = await #expect(throws: CacheError.self) { try await readiness.check() }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "The object store does not answer: The call check failed.")
        cache.bucket.fail(nil)
        try cache.store.close()
        let other = await #expect(throws: CacheError.self) { try await readiness.check() }
        #expect(other?.message.hasPrefix("The database does not answer: ") == true)
    }
}

import CacheServer
import CacheCore
import Testing

@Suite struct HangingStoreTests {
    @Test func readinessDoesNotWaitForIt() async throws {
        try await TestServer.run { server in
            let hanging = WatchedObjectStore(server.storage.objects) { _ throws(ObjectStoreError) in
                try? await Task.sleep(for: .seconds(600))
                throw ObjectStoreError(.unavailable, "The request was cancelled.")
            }
            let readiness = Readiness(
                metadata: server.storage.metadata, objects: hanging, limit: .milliseconds(50))
            let began = ContinuousClock.now
            let error = await #expect(throws: CacheError.self) { try await readiness.check() }
            #expect(
                error?.message == "The object store does not answer: No answer came within 0.05 seconds.")
            #expect(began.duration(to: .now) < .seconds(60))
        }
    }
}

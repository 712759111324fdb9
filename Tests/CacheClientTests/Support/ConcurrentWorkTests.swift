import Testing

@testable import CacheClient

@Suite struct ConcurrentWorkTests {
    @Test("the first error ends the others and is the one that is thrown", .timeLimit(.minutes(1)))
    func firstError() async throws {
        let error = await #expect(throws: ClientError.self) {
            try await forEachConcurrently(0..<10, limit: 10) { index throws(ClientError) in
                guard index != 3 else { throw ClientError(.rejected, "three") }
                guard (try? await Task.sleep(for: .seconds(60))) != nil else { throw .cancelled }
            }
        }
        #expect(error?.message == "three")
    }
}

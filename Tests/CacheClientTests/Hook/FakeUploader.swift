@testable import CacheClient

/// Pushes nothing, and answers as a test says.
final class FakeUploader: HookUploading {
    let calls = Notes<[String]>()
    private let outcome: @Sendable ([String]) async throws(ClientError) -> HookOutcome

    init(_ outcome: @escaping @Sendable ([String]) async throws(ClientError) -> HookOutcome) {
        self.outcome = outcome
    }

    func push(_ paths: [String]) async throws(ClientError) -> HookOutcome {
        calls.add(paths)
        return try await outcome(paths)
    }
}

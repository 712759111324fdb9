import Foundation
import Testing

extension EndToEnd {
    /// The model of uploads and collections below `model`.
    @Suite(.serialized)
    struct Models {
        @Test("the model holds, and breaks under every mutation")
        func quickChecks() async throws {
            let root = String(#filePath.dropLast("Tests/EndToEndTests/ModelTests.swift".count))
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let command = Command(words: [root + "scripts/model", "--quick"], environment: ["PATH": path])
            let checked = try await command.run()
            #expect(checked.status == 0, "\(checked.transcript)")
        }
    }
}

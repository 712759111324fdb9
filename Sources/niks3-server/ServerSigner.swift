import CacheCore
import CacheServer
import Logging
import NarKit

/// Everything that signs: the keys in files, and the program that holds others.
struct ServerSigner: Sendable {
    let signer: CombinedSigner
    /// Nil where all keys are in files. Something has to run it.
    let program: SigningProgram?

    /// - Throws: ``ConfigurationError`` where two keys have the same name.
    init(
        keys: [SecretKey], program settings: SignProgramSettings?, logger: Logger
    ) throws(ConfigurationError) {
        program = settings.map { SigningProgram(path: $0.path, publicKeys: $0.publicKeys, logger: logger) }
        var signers: [any NarInfoSigning] = [LocalSigner(keys: keys)]
        if let program { signers.append(program) }
        signer = CombinedSigner(signers)
        try SignProgramSettings.checkNames(signer.publicKeys)
    }

    /// Has the program run while `body` works.
    func running<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard let program else { return try await body() }
        return try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask { await program.run() }
            defer { tasks.cancelAll() }
            await program.untilStarted()
            return try await body()
        }
    }
}

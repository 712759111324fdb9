import ArgumentParser
import CacheCore
import CacheServer
import CacheStorage
import Logging
import ProgramKit

/// A command that does some work on what a server keeps, and ends. It takes the server's flags besides its own.
protocol WorkCommand: ParsableCommand {
    /// The server's flags.
    var server: ServerCommand { get }

    /// Refuses flags that do not go together.
    func check(_ settings: ServerSettings) throws(ConfigurationError)

    /// Does the work.
    /// - Throws: what ended it, in one sentence.
    func work(_ work: Work) async throws -> WorkStatus
}

/// What a command works with.
struct Work: Sendable {
    let settings: ServerSettings
    let storage: WorkStorage
    let signer: CombinedSigner
    let interruption: Interruption
    let logger: Logger

    var times: LifecycleTimes { settings.times ?? .standard }

    /// The uploads of the cache.
    var uploads: UploadService {
        UploadService(
            metadata: storage.metadata, objects: storage.objects,
            settings: UploadSettings(
                signer: signer, storeDirectory: settings.storeDirectory,
                maximumNarSize: settings.maximumNarSize, requireCompleteClosures: settings.requireCompleteClosures,
                times: times),
            clocks: storage.clocks, logger: logger)
    }
}

extension WorkCommand {
    func check(_ settings: ServerSettings) throws(ConfigurationError) {}

    /// Runs the command, and says what went wrong.
    func perform(environment: [String: String]) async -> WorkStatus {
        do {
            let settings = try ServerSettings(options: server.options, environment: environment, needsToken: false)
            try check(settings)
            return try await perform(settings, environment: environment)
        } catch {
            StandardStream.error.write("niks3-server: \(error)\n")
            return error is ConfigurationError ? .usage : .failure
        }
    }

    private func perform(_ settings: ServerSettings, environment: [String: String]) async throws -> WorkStatus {
        Machine.keepFilesPrivate()
        return try await Interruption.listening { interruption in
            let logger = Logger(label: "niks3-server") { _ in
                LineLogHandler(
                    level: settings.logLevel, format: settings.logFormat, write: { StandardStream.error.write($0) },
                    now: { StoreClock.systemTime().description })
            }
            if settings.times != nil {
                logger.warning("\(LifecycleTimes.environmentVariable) is set: uploads are not safe with such times")
            }
            let storage: WorkStorage
            do {
                storage = try await WorkStorage(
                    settings: settings, environment: environment, command: Self._commandName)
            } catch {
                // The flags were in order: what they name is not.
                throw CacheError(.unavailable, "\(error)")
            }
            let outcome: Result<WorkStatus, any Error>
            do {
                let signing = try ServerSigner(
                    keys: storage.signingKeys, program: settings.signProgram, logger: logger)
                outcome = .success(
                    try await signing.running {
                        try await work(
                            Work(
                                settings: settings, storage: storage, signer: signing.signer,
                                interruption: interruption, logger: logger))
                    })
            } catch {
                outcome = .failure(error)
            }
            await storage.close()
            if case .failure(let error) = outcome, interruption.isRequested {
                StandardStream.error.write("niks3-server: \(error)\n")
                return .interrupted
            }
            return try outcome.get()
        }
    }
}

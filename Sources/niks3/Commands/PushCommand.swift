import ArgumentParser
import CacheClient
import Logging
import NarKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `niks3 push`.
struct PushCommand: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push store paths, with all they refer to, into the cache.",
        discussion: "A push that was interrupted goes on where it stopped when it is run again.")

    @Argument(
        help: ArgumentHelp(
            "Store paths, or links to them such as ./result.", valueName: "store-path"))
    var paths: [String]

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("How many requests to the storage may be under way at once.", valueName: "n"))
    var maxConcurrentUploads = 30

    @Flag(
        name: .customLong("verify-s3-integrity"),
        help: "Let the server check that what it knows is really in the storage.")
    var verifyS3Integrity = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The level of zstd, from 1 (fast) to 19 (small).", valueName: "level"))
    var compressionLevel = 3

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1000).contains(maxConcurrentUploads) else {
            throw ValidationError("--max-concurrent-uploads must be between 1 and 1000.")
        }
        guard (1...19).contains(compressionLevel) else {
            throw ValidationError("--compression-level must be between 1 and 19.")
        }
    }

    func runReporting() async -> ExitStatus {
        let environment = ProcessInfo.processInfo.environment
        let console = Console(output, environment: environment)
        do throws(ClientError) {
            let summary = try await push(environment: environment, console: console)
            console.finish(summary.text)
            return .success
        } catch  where error.code == .cancelled {
            console.finish(nil)
            console.log(.error, "The push was interrupted; run it again to go on where it stopped.")
            return .interrupted
        } catch {
            console.finish(nil)
            console.log(.error, error.message)
            return error.code == .invalidArgument ? .usage : .failure
        }
    }

    private func push(environment: [String: String], console: Console) async throws(ClientError) -> PushSummary {
        let directories = try NixDirectories(environment: environment)
        let client = try server.makeClient(environment: environment, console: console)
        let roots = try paths.map { path throws(ClientError) in try directories.storePath(ofArgument: path) }
        let options = PushOptions(
            maximumConcurrentUploads: maxConcurrentUploads, processors: ProcessInfo.processInfo.activeProcessorCount,
            compressionLevel: compressionLevel, verifiesStorage: verifyS3Integrity)
        let pusher = Pusher(
            api: client, store: NixStore(directories: directories), options: options, logger: console.logger)
        return try await console.showing { () throws(ClientError) in
            try await pusher.push(roots) { console.note($0) }
        }
    }
}

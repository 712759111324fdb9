import ArgumentParser
import CacheClient
import ClientOptions
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

    @OptionGroup var transfer: TransferOptions

    @OptionGroup var output: OutputOptions

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
        let client = try server.makeClient(environment: environment, logger: console.logger) { console.retrying($0) }
        let roots = try paths.map { path throws(ClientError) in try directories.storePath(ofArgument: path) }
        var options = transfer.pushOptions(processors: ProcessInfo.processInfo.activeProcessorCount)
        options.journalDirectory = PushOptions.journalDirectory(environment: environment)
        let pusher = Pusher(
            api: client, store: NixStore(directories: directories), options: options, logger: console.logger)
        return try await console.showing { () throws(ClientError) in
            try await pusher.push(roots) { console.note($0) }
        }
    }
}

import ArgumentParser
import CacheClient
import CacheCore
import ClientOptions
import Logging
import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `niks3 gc`.
struct CollectCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Delete closures that are too old, and what nothing needs any more.",
        discussion: "What is unreachable is deleted once it was so for as long as --failed-uploads-older-than says.")

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("How long ago a closure was last pushed, as in 720h or 30d.", valueName: "age"))
    var olderThan = "720h"

    @Option(help: ArgumentHelp("How long ago an unfinished upload began, as in 6h.", valueName: "age"))
    var failedUploadsOlderThan = GCParameters.defaultFailedUploadsOlderThan

    @Flag(help: "Delete at once what is unreachable. Uploads and downloads that are under way may fail.")
    var force = false

    @Flag(help: "Say what would be deleted, and change nothing.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError) {
        let parameters = try parameters
        if dryRun {
            let plan = try await client.collectionPlan(parameters)
            StandardStream.output.write(plan.text)
        } else {
            let statistics = try await client.collect(parameters) { status in
                console.log(.info, status.progressText)
            }
            console.finish(statistics.text)
        }
    }

    /// The durations in hours, which every server understands.
    var parameters: GCParameters {
        get throws(ClientError) {
            GCParameters(
                olderThan: try Self.inGoUnits(olderThan, "--older-than"),
                failedUploadsOlderThan: try Self.inGoUnits(failedUploadsOlderThan, "--failed-uploads-older-than"),
                force: force)
        }
    }

    /// Days and weeks are written as hours; everything else stays as it is.
    private static func inGoUnits(_ text: String, _ name: String) throws(ClientError) -> String {
        let duration: Duration
        do throws(CacheError) { duration = try Duration(goDuration: text) } catch {
            throw ClientError(.invalidArgument, "\(name): \(error.message)")
        }
        guard duration >= .zero else { throw ClientError(.invalidArgument, "\(name) must not be negative.") }
        guard text.contains("d") || text.contains("w") else { return text }
        let seconds = duration.components.seconds
        return seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
    }
}

import CacheClient
import ClientOptions
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A command that asks the server for something.
protocol ClientCommand: InterruptibleCommand {
    var server: ServerOptions { get }
    var output: OutputOptions { get }

    /// Does the work.
    func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError)
}

extension ClientCommand {
    func runReporting() async -> ExitStatus {
        let environment = ProcessInfo.processInfo.environment
        let console = Console(output, environment: environment)
        do throws(ClientError) {
            let client = try server.makeClient(environment: environment, console: console)
            try await run(client, console, environment: environment)
            return .success
        } catch {
            console.log(.error, error.message)
            return ExitStatus(after: error)
        }
    }
}

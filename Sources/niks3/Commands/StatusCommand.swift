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

/// `niks3 status`.
struct StatusCommand: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what the server says about itself, and whether it takes our token.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func runReporting() async -> ExitStatus {
        let environment = ProcessInfo.processInfo.environment
        let console = Console(output, environment: environment)
        do throws(ClientError) {
            let api = try server.makeClient(environment: environment, console: console)
            let status = try await api.status()
            StandardStream.output.write(status.text(of: api.server))
            return status.problem == nil && status.isAuthorized != false ? .success : .failure
        } catch {
            console.log(.error, error.message)
            return ExitStatus(after: error)
        }
    }
}

extension ServerStatus {
    /// The status in lines.
    func text(of server: ServerURL) -> String {
        var lines = [("Server", "\(server), " + (problem.map { "not ready: \($0)" } ?? "ready"))]
        let address = configuration.substituterURL
        lines.append(("Cache", address.isEmpty ? "\(server)" : address))
        for key in configuration.publicKeys { lines.append(("Public key", key)) }
        if configuration.publicKeys.isEmpty { lines.append(("Public key", "none: paths are not signed")) }
        if let statistics {
            let bytes = Quantities.bytes(UInt64(max(0, statistics.logicalBytes)))
            lines.append(("Holds", "\(Quantities.count(Int(statistics.objects), "object")), \(bytes)"))
        }
        if let limit = configuration.maximumNarSize, limit > 0 {
            lines.append(("Largest NAR", Quantities.bytes(UInt64(limit))))
        }
        if let isAuthorized { lines.append(("Token", isAuthorized ? "accepted" : "refused")) }
        return lines.map { name, value in
            name + String(repeating: " ", count: 13 - name.count) + value + "\n"
        }.joined()
    }
}

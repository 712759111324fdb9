import ArgumentParser
import CacheCore
import CacheServer
import CacheStorage
import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@main
enum Main {
    /// Ends with 0 after a signal, 1 after a failure and 2 when it was called wrongly; commands end as ``WorkStatus`` says.
    static func main() async {
        let environment = ProcessInfo.processInfo.environment
        let arguments = Array(CommandLine.arguments.dropFirst())
        runTool(arguments, environment: environment)
        let settings: ServerSettings
        do {
            let command = try ServerCommand.command(from: arguments)
            if let command = command as? any WorkCommand {
                exit(await command.perform(environment: environment).rawValue)
            }
            guard let command = command as? ServerCommand else { preconditionFailure("there is no other command") }
            settings = try ServerSettings(options: command.options, environment: environment)
        } catch let error as ConfigurationError {
            refuse(error)
        } catch  where ServerCommand.exitCode(for: error) == .success {
            StandardStream.output.write(ServerCommand.fullMessage(for: error) + "\n")
            exit(0)
        } catch {
            StandardStream.error.write(ServerCommand.fullMessage(for: error) + "\n")
            exit(2)
        }
        do {
            try await Server(settings: settings, environment: environment).run()
        } catch {
            StandardStream.error.write("niks3-server: \(error)\n")
            exit(1)
        }
        exit(0)
    }

    /// Ends the program if the command line asks for a command beside the server.
    private static func runTool(_ arguments: [String], environment: [String: String]) {
        let root = arguments.first.flatMap { Tools.roots[$0] }
        do {
            let surroundings = ToolSurroundings(environment: environment, now: StoreClock.systemTime())
            guard let output = try Tools.run(arguments, in: surroundings) else { return }
            StandardStream.output.write(output.result)
            StandardStream.error.write(output.note)
            exit(0)
        } catch  where root?.exitCode(for: error) == .success {
            StandardStream.output.write((root?.fullMessage(for: error) ?? "") + "\n")
            exit(0)
        } catch  where root?.exitCode(for: error) == .validationFailure {
            StandardStream.error.write((root?.fullMessage(for: error) ?? "") + "\n")
            exit(2)
        } catch {
            StandardStream.error.write("niks3-server: \(error)\n")
            exit(1)
        }
    }

    private static func refuse(_ error: ConfigurationError) -> Never {
        StandardStream.error.write("niks3-server: \(error)\n")
        exit(2)
    }
}

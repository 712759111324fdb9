import ArgumentParser
import CacheServer
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
        let settings: ServerSettings
        do {
            let command = try ServerCommand.command(from: Array(CommandLine.arguments.dropFirst()))
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

    private static func refuse(_ error: ConfigurationError) -> Never {
        StandardStream.error.write("niks3-server: \(error)\n")
        exit(2)
    }
}

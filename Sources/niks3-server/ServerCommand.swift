import ArgumentParser
import CacheServer
import ProgramKit

/// The command line of `niks3-server`.
struct ServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "niks3-server",
        abstract: "A binary cache for Nix.",
        discussion: """
            Without any setting it keeps everything in its data directory, where it makes a signing key and an API \
            token on first start, and listens on 127.0.0.1:5751. With --db and --s3-bucket it keeps what it knows in \
            PostgreSQL and the objects in a bucket of an S3 service, together with any number of other servers.

            Each flag can also be given as a variable: --http-addr as NIKS3_HTTP_ADDR. A flag counts before its \
            variable; of variables for yes and no, only true means yes. Where something is given both as a file and \
            itself, the file counts.
            """,
        version: "niks3-server \(Version.current)",
        subcommands: [CollectCommand.self, FsckCommand.self, ImportCommand.self, ResignCommand.self])

    @OptionGroup var options: ServerOptions

    /// The names of all flags of commands that take no value.
    private static let switches = CollectCommand.switches.union(FsckCommand.switches).union(ImportCommand.switches)
        .union(ResignCommand.switches)

    /// Reads a command line in any of the spellings that scripts use.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: the server, or one of the commands that do some work and end.
    /// - Throws: ``ConfigurationError``, and what the argument parser throws, which includes its help.
    static func command(from arguments: [String]) throws -> any ParsableCommand {
        let normalized: [String]
        do throws(UsageError) {
            normalized = try ArgumentNormalizer(booleans: ServerOptions.booleans, switches: switches)
                .normalize(arguments)
        } catch {
            throw ConfigurationError(error.message)
        }
        var parsed = try asksForOverview(normalized) ? Overview.parseAsRoot(normalized) : parseAsRoot(normalized)
        guard parsed is Self || parsed is any WorkCommand else {
            // Asking for help is a command of its own, which answers by throwing.
            try parsed.run()
            throw CleanExit.helpRequest(self)
        }
        return parsed
    }

    /// The command line with the tools that have parsers of their own, for its help and for completions.
    private struct Overview: ParsableCommand {
        static var configuration: CommandConfiguration {
            var configuration = ServerCommand.configuration
            configuration.subcommands += [Keys.self, Tokens.self]
            return configuration
        }

        @OptionGroup var options: ServerOptions

        private struct Keys: ParsableCommand {
            static var configuration: CommandConfiguration { KeysCommand.configuration.named("keys") }
        }

        private struct Tokens: ParsableCommand {
            static var configuration: CommandConfiguration { TokensCommand.configuration.named("tokens") }
        }
    }

    private static func asksForOverview(_ arguments: [String]) -> Bool {
        guard let first = arguments.first else { return false }
        return ["help", "--help", "-h", "--experimental-dump-help"].contains(first)
            || first.hasPrefix("--generate-completion-script")
    }

    /// Reads the command line of a server.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Throws: ``ConfigurationError``, and what the argument parser throws, which includes its help.
    static func options(from arguments: [String]) throws -> ServerOptions {
        guard let command = try command(from: arguments) as? Self else { throw CleanExit.helpRequest(self) }
        return command.options
    }
}

extension CommandConfiguration {
    /// The same command by another name.
    fileprivate func named(_ name: String) -> CommandConfiguration {
        var configuration = self
        configuration.commandName = name
        return configuration
    }
}

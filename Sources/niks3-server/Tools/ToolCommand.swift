import ArgumentParser
import CacheCore
import CacheServer
import ProgramKit

/// A command beside the server itself, such as `niks3-server tokens add`: it does its work, prints and ends.
protocol ToolCommand: ParsableCommand {
    /// Does the work.
    ///
    /// - Throws: what keeps it from being done, in one sentence.
    func output(in surroundings: ToolSurroundings) throws -> ToolOutput
}

/// What a command knows besides its arguments.
struct ToolSurroundings: Sendable {
    let environment: [String: String]
    let now: Timestamp
}

/// What a command prints.
struct ToolOutput: Hashable, Sendable {
    /// The result, for standard output.
    let result: String
    /// What a person should know, for standard error.
    var note = ""
}

/// Finds the command that a command line asks for.
enum Tools {
    /// By the first word. Not subcommands of ``ServerCommand``: the parser would give it the flags of theirs that have
    /// the names of its own.
    static let roots: [String: any ParsableCommand.Type] = ["tokens": TokensCommand.self, "keys": KeysCommand.self]

    /// Does what the command line asks for.
    ///
    /// - Returns: nil for a command line of the server itself.
    /// - Throws: what the argument parser throws, help included; what the command throws.
    static func run(_ arguments: [String], in surroundings: ToolSurroundings) throws -> ToolOutput? {
        guard let root = arguments.first.flatMap({ roots[$0] }) else { return nil }
        let normalized: [String]
        do throws(UsageError) {
            normalized = try ArgumentNormalizer(switches: ["json"]).normalize(Array(arguments.dropFirst()))
        } catch {
            throw ConfigurationError(error.message)
        }
        var command = try root.parseAsRoot(normalized)
        guard let tool = command as? any ToolCommand else {
            // Asking for help is a command of its own, which answers by throwing; so does a command without its second
            // word.
            try command.run()
            throw CleanExit.helpRequest(command)
        }
        return try tool.output(in: surroundings)
    }
}

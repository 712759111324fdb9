import ArgumentParser
import ProgramKit

/// The program's commands.
struct Niks3: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "niks3",
        abstract: "Push closures of the Nix store into a niks3 cache, and look after it.",
        version: "niks3 \(Version.current)",
        subcommands: [
            PushCommand.self, WatchStoreCommand.self, CollectCommand.self, PinsCommand.self, ClosuresCommand.self,
            VerifyCommand.self, StatusCommand.self,
        ])

    /// Reads a command line in any of the spellings that scripts use.
    ///
    /// - Parameter arguments: The arguments without the program's name.
    /// - Throws: `UsageError`, and what the argument parser throws, which includes its help.
    static func command(from arguments: [String]) throws -> any ParsableCommand {
        try parseAsRoot(try ArgumentSpelling.normalized(arguments))
    }
}

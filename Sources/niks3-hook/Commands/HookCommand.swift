import ArgumentParser
import CHookSettings
import ClientOptions
import ProgramKit

/// The program's commands.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "niks3-hook",
        abstract: "Push what Nix builds into a niks3 cache, without making builds wait.",
        discussion: """
            Nix calls `niks3-hook send` after each build (post-build-hook in nix.conf). It hands the paths over to \
            `niks3-hook serve`, which pushes them.
            """,
        version: "niks3-hook \(Version.current)",
        subcommands: [SendCommand.self, ServeCommand.self])

    /// Where the two find each other unless they are told: decided when the program is built.
    static let defaultSocket = String(cString: niks3_hook_default_socket())

    /// The names of the flags that take no value.
    static let switches: Set<String> = TransferOptions.switches.union(["debug"])

    /// Reads a command line in any of the spellings that scripts use.
    ///
    /// - Parameter arguments: The arguments without the program's name.
    /// - Throws: `UsageError`, and what the argument parser throws, which includes its help.
    static func command(from arguments: [String]) throws -> any ParsableCommand {
        try parseAsRoot(try ArgumentNormalizer(switches: switches).normalize(arguments))
    }

    /// Prints what was thrown while a command line was read: help and version on standard output, errors on standard
    /// error.
    static func report(_ error: any Error) {
        let text = fullMessage(for: error)
        guard !text.isEmpty else { return }
        (ExitStatus(of: error) == .success ? StandardStream.output : .error).write(text + "\n")
    }
}

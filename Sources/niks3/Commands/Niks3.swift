import ArgumentParser

/// The program's commands.
struct Niks3: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "niks3",
        abstract: "Push closures of the Nix store into a niks3 cache.",
        version: "niks3 \(Version.current)",
        subcommands: [PushCommand.self])
}

/// The version of this build.
enum Version {
    static let current = "0.1.0"
}

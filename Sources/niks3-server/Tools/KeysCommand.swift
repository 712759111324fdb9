import ArgumentParser

/// `niks3-server keys`.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "niks3-server keys",
        abstract: "Keys that vouch for what is in the cache.",
        subcommands: [Generate.self, Public.self])
}

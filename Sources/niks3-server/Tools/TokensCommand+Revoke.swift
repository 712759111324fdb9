import ArgumentParser
import CacheServer

extension TokensCommand {
    /// `niks3-server tokens revoke`.
    struct Revoke: ToolCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a token count no more, within a second.",
            discussion: "It stays in the list. What its bearer pushed stays in the cache.")

        @Argument(help: "The name it was given.")
        var name: String

        @OptionGroup var options: TokensOptions

        func output(in surroundings: ToolSurroundings) throws -> ToolOutput {
            let file = try TokenFile(options, surroundings)
            try file.change { try $0.revoke(name, now: surroundings.now) }
            return ToolOutput(result: "", note: "the token \(name) counts no more\n")
        }
    }
}

import ArgumentParser
import CacheCore
import CacheServer

extension TokensCommand {
    /// `niks3-server tokens add`.
    struct Add: ToolCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token, and print it. It is shown this once.",
            discussion: "The file is made where it is missing; run this as the user that the server runs as.")

        @Argument(help: "What the log calls the bearer: letters, digits, dots, underscores and hyphens.")
        var name: String

        @Option(
            help: ArgumentHelp(
                """
                What the token allows: write to push, admin to collect and delete, read where reads take a token. May \
                be repeated.
                """, valueName: "scope"))
        var scope: [String] = []

        @Option(help: ArgumentHelp("For how long the token counts, as 90d. Default: for ever.", valueName: "duration"))
        var expiresIn: String?

        @OptionGroup var options: TokensOptions

        func output(in surroundings: ToolSurroundings) throws -> ToolOutput {
            let file = try TokenFile(options, surroundings)
            let lifetime = try expiresIn.map { try Duration(goDuration: $0) }
            let made = try NewToken(name: name, scopes: scope, now: surroundings.now, lifetime: lifetime)
            try file.change { try $0.add(made.record, now: surroundings.now) }
            let end = made.record.expiresAt.map { ", until \($0)" } ?? ""
            return ToolOutput(
                result: made.token + "\n",
                note: "\(name) may now \(scope.joined(separator: ", "))\(end); keep the token, it is not shown again\n")
        }
    }
}

extension TokenFile {
    /// - Throws: ``ConfigurationError`` where no file is named.
    init(_ options: TokensOptions, _ surroundings: ToolSurroundings) throws(ConfigurationError) {
        let source = SettingSource(environment: surroundings.environment)
        guard let path = source.text("tokens-path", options.tokensPath) else {
            throw ConfigurationError("say where the tokens are: give --tokens-path, as you do for the server")
        }
        self.init(path: path)
    }
}

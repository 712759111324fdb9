import ArgumentParser

/// `niks3-server tokens`.
struct TokensCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "niks3-server tokens",
        abstract: "Tokens for those who push, read or administer.",
        discussion: """
            The file holds names, scopes and SHA-256 digests, never a token. A server that was started with \
            --tokens-path reads it again within a second of each change.
            """,
        subcommands: [Add.self, List.self, Revoke.self])
}

/// Which file of tokens a command works with.
struct TokensOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The file of tokens. Also NIKS3_TOKENS_PATH.", valueName: "file"))
    var tokensPath: String?
}

import ArgumentParser

/// Who may write, and the keys that vouch for what was written.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with the token of the clients that push, of at least 36 characters.",
            discussion: "Default: api-token in the data directory, made on first start. Needed with a database.",
            valueName: "file"))
    var apiTokenPath: String?

    @Option(help: ArgumentHelp("That token itself; a file is not shown by ps.", valueName: "token"))
    var apiToken: String?

    @Option(
        help: ArgumentHelp(
            "A file with a secret key to sign with; may be repeated.",
            discussion: """
                Default: signing-key in the data directory, made on first start. With a database nothing is signed \
                without one. NIKS3_SIGN_KEY_PATHS adds files, separated by spaces.
                """,
            valueName: "file"))
    var signKeyPath: [String] = []
}

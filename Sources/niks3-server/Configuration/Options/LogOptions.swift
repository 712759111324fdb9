import ArgumentParser

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How the log is written: text or json. Default: text.", valueName: "format"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "The least that is logged: trace, debug, info, notice, warning, error or critical. Default: info.",
            valueName: "level"))
    var logLevel: String?

    @Flag(inversion: .prefixedNo, help: "Log every request; the same as --log-level debug.")
    var debug: Bool?

    static let booleans: Set<String> = ["debug"]
}

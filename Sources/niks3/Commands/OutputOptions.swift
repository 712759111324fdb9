import ArgumentParser

/// What the program says while it works, all of it on standard error.
struct OutputOptions: ParsableArguments {
    /// How log lines are written.
    enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
        case text, json
    }

    @Flag(help: "Say more, and show the heads of HTTP requests without their secrets.")
    var debug = false

    @Option(help: ArgumentHelp("How log lines are written: text or json.", valueName: "format"))
    var logFormat = LogFormat.text

    @Flag(help: "Show no progress.")
    var noProgress = false
}

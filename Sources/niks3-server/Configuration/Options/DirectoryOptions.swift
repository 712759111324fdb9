import ArgumentParser

/// Where a server without a database keeps everything.
struct DirectoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where everything is kept.",
            discussion: "Default: $STATE_DIRECTORY, $XDG_STATE_HOME/niks3 or ~/.local/state/niks3.",
            valueName: "directory"))
    var dataDir: String?
}

import ArgumentParser

/// Collections that the server begins by itself.
struct CollectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Collect garbage this often, as in 24h or 1d; 0 to leave it to others. Default: 0.", valueName: "duration"))
    var gcInterval: String?

    @Option(
        help: ArgumentHelp(
            "What is older goes: a closure that was neither pushed nor pinned meanwhile. Default: 720h.",
            valueName: "duration"))
    var gcOlderThan: String?

    @Option(
        help: ArgumentHelp(
            "Pushes that are unfinished for this long are given up, and what nothing needs is kept as long. Default: 6h.",
            valueName: "duration"))
    var gcFailedUploadsOlderThan: String?
}

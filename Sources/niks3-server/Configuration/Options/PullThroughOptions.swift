import ArgumentParser

/// Other caches that what is lacking here comes from.
struct PullThroughOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Another cache, from which comes and is stored what is lacking here; may be repeated, asked in this order.",
            discussion: "As a variable: several, separated by spaces. It needs the read proxy.", valueName: "url"))
    var pullThroughUpstream: [String] = []

    @Option(
        help: ArgumentHelp(
            "A key whose signatures count on narinfos of these caches, besides our own; may be repeated.",
            discussion: "As a variable: several, separated by spaces.", valueName: "name:base64"))
    var trustedKey: [String] = []

    @Option(
        help: ArgumentHelp(
            "For how long it is remembered that none of them has something, as in 5m; 0 for not at all. Default: 1m.",
            valueName: "duration"))
    var pullThroughNegativeTtl: String?

    @Option(help: ArgumentHelp("NARs fetched at the same time. Default: 16.", valueName: "number"))
    var pullThroughConcurrency: String?

    @Option(help: ArgumentHelp("Narinfos fetched at the same time. Default: 256.", valueName: "number"))
    var pullThroughNarinfoConcurrency: String?
}

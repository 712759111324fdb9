import ArgumentParser

/// How objects are sent to readers.
struct ReadingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the narinfos that are kept in memory may take together; 0 to keep none. Default: 67108864.",
            valueName: "bytes"))
    var readCacheSize: String?

    @Option(
        help: ArgumentHelp(
            "Send readers of NARs to the bucket, by URLs that are good this long, as in 1h; 0 to send NARs. Default: 0.",
            valueName: "duration"))
    var readRedirectTtl: String?
}

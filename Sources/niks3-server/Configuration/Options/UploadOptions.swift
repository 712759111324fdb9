import ArgumentParser

/// What is taken from clients that push.
struct UploadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The largest NAR that is taken, before compression; 0 for no limit. Default: 0.", valueName: "bytes"))
    var maxNarSize: String?

    @Option(
        help: ArgumentHelp(
            "How many pushes one credential may have under way at this server; 0 for no limit. Default: 0.",
            discussion: "One that is given up counts for an hour.", valueName: "number"))
    var maxConcurrentPushes: String?

    @Option(
        help: ArgumentHelp(
            "How many objects one push may list; 0 for no limit but the size of the request. Default: 0.",
            valueName: "number"))
    var maxPushObjects: String?

    @Flag(
        inversion: .prefixedNo, help: "Have small NARs sent in one request; clients before 1.6.1 cannot. Default: yes.")
    var narSinglePut: Bool?

    @Flag(inversion: .prefixedNo, help: "Refuse closures with references that are not in the cache. Default: no.")
    var requireCompleteClosures: Bool?

    static let booleans: Set<String> = ["nar-single-put", "require-complete-closures"]
}

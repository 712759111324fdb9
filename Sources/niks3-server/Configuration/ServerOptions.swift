import ArgumentParser
import CacheServer

/// The flags of the command line, as they were given. ``ServerSettings`` joins them with the environment.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where everything is kept.",
            discussion: "Default: $STATE_DIRECTORY, $XDG_STATE_HOME/niks3 or ~/.local/state/niks3.",
            valueName: "directory"))
    var dataDir: String?

    @Option(
        help: ArgumentHelp(
            "Where to listen. Port 0 takes any that is free. Default: 127.0.0.1:5751.", valueName: "host:port"))
    var httpAddr: String?

    @Option(help: ArgumentHelp("The token of the clients that push, of at least 36 characters.", valueName: "token"))
    var apiToken: String?

    @Option(
        help: ArgumentHelp(
            "A file with that token. Default: api-token in the data directory, made on first start.", valueName: "file")
    )
    var apiTokenPath: String?

    @Option(
        help: ArgumentHelp(
            "A file with a secret key to sign with; may be repeated. Default: signing-key in the data directory, made on first start.",
            valueName: "file"))
    var signKeyPath: [String] = []

    @Option(help: ArgumentHelp("Where readers find the cache, if not at this server.", valueName: "url"))
    var cacheUrl: String?

    @Option(help: ArgumentHelp("How clients reach this server. Default: what each request says.", valueName: "url"))
    var serverUrl: String?

    @Flag(inversion: .prefixedNo, help: "Serve the objects of the cache. Default: yes.")
    var enableReadProxy: Bool?

    @Option(
        help: ArgumentHelp(
            "The priority among substituters; Nix asks lower ones first. Default: 30.", valueName: "number"))
    var cachePriority: String?

    @Option(
        help: ArgumentHelp(
            "The largest NAR that is taken, before compression; 0 for no limit. Default: 0.", valueName: "bytes"))
    var maxNarSize: String?

    @Flag(
        inversion: .prefixedNo, help: "Have small NARs sent in one request; clients before 1.6.1 cannot. Default: yes.")
    var narSinglePut: Bool?

    @Flag(inversion: .prefixedNo, help: "Refuse closures with references that are not in the cache. Default: no.")
    var requireCompleteClosures: Bool?

    @Option(help: ArgumentHelp("How the log is written: text or json. Default: text.", valueName: "format"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "The least that is logged: trace, debug, info, notice, warning, error or critical. Default: info.",
            valueName: "level"))
    var logLevel: String?

    @Flag(inversion: .prefixedNo, help: "Log every request; the same as --log-level debug.")
    var debug: Bool?

    /// The names of the flags above that take no value.
    static let booleans: Set<String> = ["enable-read-proxy", "nar-single-put", "require-complete-closures", "debug"]
}

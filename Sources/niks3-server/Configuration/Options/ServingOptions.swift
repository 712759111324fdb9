import ArgumentParser

/// How clients and readers reach the cache.
struct ServingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to listen, unless systemd hands over a socket. Port 0 takes any that is free.",
            discussion: "Default: 127.0.0.1:5751; with a database :5751, which is all interfaces.",
            valueName: "host:port"))
    var httpAddr: String?

    @Option(help: ArgumentHelp("How clients reach this server. Default: what each request says.", valueName: "url"))
    var serverUrl: String?

    @Option(help: ArgumentHelp("Where readers find the cache, if not at this server.", valueName: "url"))
    var cacheUrl: String?

    @Option(
        help: ArgumentHelp(
            "A file in PEM with the server's certificate and those that vouch for it: TLS is spoken then.",
            discussion: "With --tls-key. Both are loaded again at SIGHUP, for new connections.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("A file in PEM with the key of that certificate.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "A file in PEM with the certificates that vouch for those of clients.",
            discussion: """
                Clients may then show a certificate, in place of a token; what it allows say --mtls-bound-subject and \
                --mtls-bound-subject-read. It is loaded again at SIGHUP.
                """,
            valueName: "file"))
    var tlsClientCa: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Serve the objects of the cache to readers. Default: yes; with a database no.")
    var enableReadProxy: Bool?

    @Option(
        help: ArgumentHelp(
            "The priority among substituters; Nix asks lower ones first. Default: 30.", valueName: "number"))
    var cachePriority: String?

    static let booleans: Set<String> = ["enable-read-proxy"]
}

import ArgumentParser

/// Where a server keeps what it has, when that is not a directory.
struct SharedStorageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The PostgreSQL database, as libpq takes it: postgres://user@host/name, or host=… dbname=….",
            valueName: "connection"))
    var db: String?

    @Option(help: ArgumentHelp("Connections to the database at the same time. Default: 10.", valueName: "number"))
    var dbPool: String?

    @Option(
        name: .customLong("s3-endpoint"),
        help: ArgumentHelp(
            "The S3 service: host, host:port or https://host:port.", valueName: "endpoint"))
    var endpoint: String?

    @Option(name: .customLong("s3-bucket"), help: ArgumentHelp("The bucket, which has to exist.", valueName: "name"))
    var bucket: String?

    @Option(
        name: .customLong("s3-region"),
        help: ArgumentHelp("Its region. Default: what the endpoint's name says, else us-east-1.", valueName: "region"))
    var region: String?

    @Option(
        name: .customLong("s3-access-key-path"),
        help: ArgumentHelp("A file with the access key.", valueName: "file"))
    var accessKeyPath: String?

    @Option(
        name: .customLong("s3-secret-key-path"),
        help: ArgumentHelp("A file with its secret half.", valueName: "file"))
    var secretKeyPath: String?

    @Option(
        name: .customLong("s3-access-key"),
        help: ArgumentHelp("The access key itself; a file is not shown by ps.", valueName: "key"))
    var accessKey: String?

    @Option(
        name: .customLong("s3-secret-key"),
        help: ArgumentHelp("The secret half itself; a file is not shown by ps.", valueName: "key"))
    var secretKey: String?

    @Flag(
        name: .customLong("s3-use-iam"), inversion: .prefixedNo,
        help: """
            Take credentials from the machine: environment, web identity, shared files, container or instance. \
            Default: no.
            """)
    var useIAM: Bool?

    @Flag(
        name: .customLong("s3-use-ssl"), inversion: .prefixedNo,
        help: "Use TLS where the endpoint names no scheme. Default: yes.")
    var useSSL: Bool?

    @Option(
        name: .customLong("s3-bucket-lookup"),
        help: ArgumentHelp(
            "Where the bucket's name goes: dns (in the host), path, or auto. Default: auto.", valueName: "where"))
    var bucketLookup: String?

    @Option(
        name: .customLong("s3-concurrency"),
        help: ArgumentHelp(
            "Requests to S3 in flight, those of readers not among them. Default: 100.", valueName: "number"))
    var concurrency: String?

    @Option(
        name: .customLong("s3-rate-limit"),
        help: ArgumentHelp(
            "Requests a second to begin with, 5 to 500; 0 to begin without a limit until S3 throttles. Default: 0.",
            valueName: "number"))
    var rateLimit: String?

    static let booleans: Set<String> = ["s3-use-iam", "s3-use-ssl"]
}

import CacheServer
import S3Kit
import Testing

@testable import niks3_server

/// The settings about PostgreSQL and the bucket.
@Suite struct SharedStorageSettingsTests {
    static let token = String(repeating: "t", count: 36)
    static let least = [
        "--db", "dbname=x", "--s3-endpoint", "s3.example", "--s3-bucket", "b", "--s3-access-key", "id",
        "--s3-secret-key", "secret", "--api-token", token,
    ]

    static func storage(
        database: String = "dbname=x", connections: Int = 10, endpoint: S3Endpoint, region: String? = nil,
        credentials: BucketCredentials = .key(S3Credentials(accessKeyID: "id", secretAccessKey: "secret")),
        concurrency: Int = 100, rateLimit: Double? = nil
    ) -> StorageSettings {
        .shared(
            SharedStorageConfiguration(
                database: database, databaseConnections: connections,
                bucket: BucketConfiguration(
                    endpoint: endpoint, region: region, credentials: credentials, concurrency: concurrency,
                    rateLimit: rateLimit)))
    }

    @Test func defaults() throws {
        let settings = try serverSettings(Self.least, ["STATE_DIRECTORY": "/s"])
        #expect(
            settings.storage == Self.storage(endpoint: S3Endpoint(scheme: "https", host: "s3.example", bucket: "b")))
        #expect(settings.address == ListenAddress(host: "", port: 5751))
        #expect(!settings.servesReads)
        #expect(settings.signingKeys.isEmpty)
        #expect(settings.apiToken == Self.token)
    }

    @Test func allFlagsAndVariables() throws {
        let flags = [
            "-db", "postgres://u:p@h/d?sslmode=require", "--db-pool=7", "-s3-endpoint=s3.eu-central-1.amazonaws.com",
            "--s3-bucket", "bucket", "--s3-region=eu-central-1", "-s3-access-key", "id", "--s3-secret-key=secret",
            "--s3-use-ssl=false", "-s3-bucket-lookup", "dns", "--s3-concurrency", "9", "-s3-rate-limit=50",
            "--api-token=\(Self.token)", "-http-addr", "127.0.0.1:1", "--enable-read-proxy",
        ]
        let variables = [
            "NIKS3_DB": "postgres://u:p@h/d?sslmode=require", "NIKS3_DB_POOL": "7",
            "NIKS3_S3_ENDPOINT": "s3.eu-central-1.amazonaws.com", "NIKS3_S3_BUCKET": "bucket",
            "NIKS3_S3_REGION": "eu-central-1", "NIKS3_S3_ACCESS_KEY": " id\n", "NIKS3_S3_SECRET_KEY": "secret",
            "NIKS3_S3_USE_SSL": "yes", "NIKS3_S3_USE_IAM": "TRUE", "NIKS3_S3_BUCKET_LOOKUP": "dns",
            "NIKS3_S3_CONCURRENCY": "9", "NIKS3_S3_RATE_LIMIT": "50", "NIKS3_API_TOKEN": Self.token,
            "NIKS3_HTTP_ADDR": "127.0.0.1:1", "NIKS3_ENABLE_READ_PROXY": "true",
        ]
        let expected = Self.storage(
            database: "postgres://u:p@h/d?sslmode=require", connections: 7,
            endpoint: S3Endpoint(
                scheme: "http", host: "s3.eu-central-1.amazonaws.com", bucket: "bucket", addressing: .virtualHost),
            region: "eu-central-1", concurrency: 9, rateLimit: 50)
        for settings in [try serverSettings(flags), try serverSettings([], variables)] {
            #expect(settings.storage == expected)
            #expect(settings.address == ListenAddress(host: "127.0.0.1", port: 1))
            #expect(settings.servesReads)
        }
        // A flag counts before its variable.
        #expect(try serverSettings(flags, ["NIKS3_DB": "dbname=y", "NIKS3_S3_CONCURRENCY": "1"]).storage == expected)
    }

    @Test(
        arguments: [
            ("s3.example", [], "https", nil), ("s3.example", ["--s3-use-ssl=false"], "http", nil),
            ("s3.example:9000", ["--s3-use-ssl=true"], "https", 9000), ("http://127.0.0.1:9000", [], "http", 9000),
            ("http://s3.example", ["--s3-use-ssl"], "http", nil),
            ("https://s3.example", ["--no-s3-use-ssl"], "https", nil),
        ] as [(String, [String], String, Int?)])
    func schemes(endpoint: String, flags: [String], scheme: String, port: Int?) throws {
        let settings = try serverSettings(Self.least + flags + ["--s3-endpoint", endpoint])
        guard case .shared(let storage) = settings.storage else { throw UnexpectedStorage() }
        #expect(storage.bucket.endpoint.scheme == scheme)
        #expect(storage.bucket.endpoint.port == port)
    }

    @Test func keysInFiles() throws {
        try withTemporaryDirectory { directory throws in
            let files = ["id from a file", "secret from a file", Self.token].enumerated().map { index, text in
                (SecretFile(path: "\(directory)/\(index)"), text)
            }
            for (file, text) in files { _ = try file.contents { text } }
            let paths = files.map(\.0.path)
            let settings = try serverSettings(
                Array(Self.least.dropLast(2)) + ["--s3-access-key-path", paths[0]],
                ["NIKS3_S3_SECRET_KEY_PATH": paths[1], "NIKS3_API_TOKEN_PATH": paths[2]])
            let credentials = S3Credentials(
                accessKeyID: "id from a file", secretAccessKey: "secret from a file")
            #expect(
                settings.storage
                    == Self.storage(
                        endpoint: S3Endpoint(scheme: "https", host: "s3.example", bucket: "b"),
                        credentials: .key(credentials)))
            #expect(settings.apiTokenPath == paths[2])
        }
    }

    @Test func credentialsOfTheMachine() throws {
        let arguments = [
            "--db", "dbname=x", "--s3-endpoint", "s3.example", "--s3-bucket", "b", "--api-token", Self.token,
        ]
        let endpoint = S3Endpoint(scheme: "https", host: "s3.example", bucket: "b")
        let expected = Self.storage(endpoint: endpoint, credentials: .machine)
        #expect(try serverSettings(arguments + ["--s3-use-iam"]).storage == expected)
        #expect(try serverSettings(arguments, ["NIKS3_S3_USE_IAM": "true"]).storage == expected)
    }

    /// `least` without some flags and their values, and with others.
    private func changed(without flags: [String], with others: [String] = []) -> [String] {
        var rest: [String] = []
        for index in stride(from: 0, to: Self.least.count, by: 2) where !flags.contains(Self.least[index]) {
            rest += Self.least[index...(index + 1)]
        }
        return rest + others
    }

    @Test(
        arguments: [
            ("30m", .seconds(1800)), ("7d", .seconds(604_800)), ("1s", .seconds(1)), ("0", nil), ("0s", nil),
        ] as [(String, Duration?)])
    func redirects(text: String, lifetime: Duration?) throws {
        let flags = Self.least + ["--enable-read-proxy"]
        #expect(try serverSettings(flags + ["--read-redirect-ttl", text]).reading.redirectLifetime == lifetime)
        #expect(try serverSettings(flags, ["NIKS3_READ_REDIRECT_TTL": text]).reading.redirectLifetime == lifetime)
    }

    @Test(
        arguments: [
            (
                [], ["--read-redirect-ttl", "1h"],
                "--read-redirect-ttl is for what this server serves: give --enable-read-proxy too"
            ),
            (
                [], ["--enable-read-proxy", "--read-redirect-ttl", "8d"],
                "--read-redirect-ttl 8d: write it as in 10m or 1h, from 1s to 7d"
            ),
            (
                [], ["--enable-read-proxy", "--read-redirect-ttl", "often"],
                "--read-redirect-ttl often: write it as in 10m or 1h, from 1s to 7d"
            ),
            (
                [], ["--data-dir", "/d"],
                "--db and --data-dir contradict each other: with a database nothing is kept in a directory; leave one of them out"
            ),
            (
                ["--s3-endpoint"], [],
                "--db needs --s3-endpoint too: give the host of the S3 service, as s3.eu-central-1.amazonaws.com"
            ),
            (["--s3-bucket"], [], "--db needs --s3-bucket too: give the name of the bucket that holds the objects"),
            (
                [], ["--s3-use-iam"], "--s3-use-iam and --s3-access-key contradict each other; give one of them"
            ),
            (
                ["--s3-access-key"], ["--s3-use-iam"],
                "--s3-use-iam and --s3-secret-key contradict each other; give one of them"
            ),
            (
                ["--s3-access-key", "--s3-secret-key"], [],
                "there are no credentials for the bucket; give --s3-access-key-path and --s3-secret-key-path, or --s3-use-iam to take those of the machine"
            ),
            (
                ["--s3-secret-key"], [],
                "--s3-access-key is given without its secret half; give --s3-secret-key-path too"
            ),
            (
                ["--s3-access-key"], [],
                "--s3-secret-key is given without the access key; give --s3-access-key-path too"
            ),
            (
                ["--api-token"], [],
                "with --db an API token has to be given; make one with 'openssl rand -hex 32 > FILE' and give --api-token-path FILE"
            ),
            ([], ["--s3-access-key-path", "/nowhere"], "--s3-access-key-path /nowhere: there is no such file"),
            ([], ["--s3-secret-key-path", "/nowhere"], "--s3-secret-key-path /nowhere: there is no such file"),
            ([], ["--s3-concurrency", "0"], "--s3-concurrency 0: give a whole number from 1 to 10000"),
            ([], ["--s3-concurrency", "-5"], "--s3-concurrency -5: give a whole number from 1 to 10000"),
            ([], ["--s3-concurrency", "many"], "--s3-concurrency many: give a whole number from 1 to 10000"),
            ([], ["--s3-rate-limit", "-1"], "--s3-rate-limit -1: give a whole number from 0 on"),
            ([], ["--db-pool", "0"], "--db-pool 0: give a whole number from 1 to 1000"),
            ([], ["--s3-bucket-lookup", "host"], "--s3-bucket-lookup host: give one of auto, dns, path"),
            (
                [], ["--s3-endpoint", "ftp://s3.example"],
                #"S3 endpoint "ftp://s3.example": the scheme is neither http nor https; write it as host, host:port or https://host:port"#
            ),
            (
                [], ["--s3-bucket", "a/b"],
                #"S3 bucket "a/b": this is not the name of a bucket; give the name without slashes"#
            ),
            ([], ["--s3-use-ssl=maybe"], "--s3-use-ssl=maybe: a flag is true or false"),
        ] as [([String], [String], String)])
    func refusals(missing: [String], added: [String], sentence: String) {
        #expect(throws: ConfigurationError(sentence)) { try serverSettings(changed(without: missing, with: added)) }
    }

    @Test(arguments: [
        ("--db-pool", "NIKS3_DB_POOL", "5"), ("--s3-endpoint", "NIKS3_S3_ENDPOINT", "s3.example"),
        ("--s3-bucket", "NIKS3_S3_BUCKET", "b"), ("--s3-region", "NIKS3_S3_REGION", "r"),
        ("--s3-access-key", "NIKS3_S3_ACCESS_KEY", "k"), ("--s3-access-key-path", "NIKS3_S3_ACCESS_KEY_PATH", "/k"),
        ("--s3-secret-key", "NIKS3_S3_SECRET_KEY", "k"), ("--s3-secret-key-path", "NIKS3_S3_SECRET_KEY_PATH", "/k"),
        ("--s3-use-iam", "NIKS3_S3_USE_IAM", "true"), ("--s3-use-ssl", "NIKS3_S3_USE_SSL", "false"),
        ("--s3-bucket-lookup", "NIKS3_S3_BUCKET_LOOKUP", "path"), ("--s3-concurrency", "NIKS3_S3_CONCURRENCY", "9"),
        ("--s3-rate-limit", "NIKS3_S3_RATE_LIMIT", "9"),
    ])
    func withoutADatabase(flag: String, variable: String, value: String) {
        let sentence =
            "\(flag) needs --db, which says where the database is; leave both out to keep everything in a data directory"
        #expect(throws: ConfigurationError(sentence)) { try serverSettings(["\(flag)=\(value)"]) }
        #expect(throws: ConfigurationError(sentence)) { try serverSettings([], [variable: value]) }
    }

    @Test func emptyVariablesAreNone() throws {
        let names = ["DB", "DB_POOL", "S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY", "S3_USE_SSL", "S3_CONCURRENCY"]
        let environment = Dictionary(uniqueKeysWithValues: names.map { ("NIKS3_" + $0, "") })
        #expect(try serverSettings([], environment).storage == .directory("/home/x/.local/state/niks3"))
    }

    /// What is printed of them by accident shows no secret.
    @Test func secretsAreNotShown() throws {
        let settings = try serverSettings(
            Self.least + ["--s3-secret-key", "do-not-show", "--db", "dbname=x password=hidden"])
        guard case .shared(let storage) = settings.storage else { throw UnexpectedStorage() }
        var dumped = ""
        dump(storage, to: &dumped)
        for text in ["\(storage)", String(reflecting: storage), dumped] {
            #expect(!text.contains("do-not-show"))
            #expect(!text.contains("hidden"))
        }
    }
}

private struct UnexpectedStorage: Error {}

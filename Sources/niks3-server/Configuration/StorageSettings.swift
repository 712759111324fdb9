import CacheServer
import S3Kit

/// Where a server keeps what it has.
enum StorageSettings: Hashable, Sendable {
    /// In a directory of this machine.
    case directory(String)
    /// In PostgreSQL and a bucket.
    case shared(SharedStorageConfiguration)

    /// - Throws: ``ConfigurationError`` where settings contradict each other, or some are missing.
    init(options: ServerOptions, source: SettingSource) throws(ConfigurationError) {
        let given = options.shared
        guard let connection = source.text("db", given.db) else {
            if let flag = SharedStorageFlags(given, source).first {
                throw ConfigurationError(
                    "--\(flag) needs --db, which says where the database is; leave both out to keep everything in a "
                        + "data directory")
            }
            self = .directory(try Self.dataDirectory(source.text("data-dir", options.directory.dataDir), source))
            return
        }
        guard source.text("data-dir", options.directory.dataDir) == nil else {
            throw ConfigurationError(
                "--db and --data-dir contradict each other: with a database nothing is kept in a directory; leave one "
                    + "of them out")
        }
        self = .shared(
            SharedStorageConfiguration(
                database: connection,
                databaseConnections: Int(try source.number("db-pool", given.dbPool, least: 1, most: 1000, default: 10)),
                bucket: try BucketConfiguration(given, source)))
    }

    private static func dataDirectory(
        _ given: String?, _ source: SettingSource
    ) throws(ConfigurationError) -> String {
        if let given { return given }
        let environment = source.environment
        // systemd lists several directories with colons; the first is ours.
        if let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return String(state) }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/niks3" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/niks3" }
        throw ConfigurationError("there is no place to keep anything; give --data-dir")
    }
}

extension BucketConfiguration {
    fileprivate init(_ given: SharedStorageOptions, _ source: SettingSource) throws(ConfigurationError) {
        guard let endpoint = source.text("s3-endpoint", given.endpoint) else {
            throw ConfigurationError(
                "--db needs --s3-endpoint too: give the host of the S3 service, as s3.eu-central-1.amazonaws.com")
        }
        guard let bucket = source.text("s3-bucket", given.bucket) else {
            throw ConfigurationError("--db needs --s3-bucket too: give the name of the bucket that holds the objects")
        }
        let lookup = try source.choice("s3-bucket-lookup", given.bucketLookup, default: S3BucketLookup.auto)
        let parsed: S3Endpoint
        do {
            parsed = try S3Endpoint(
                parsing: endpoint, usesTLS: source.flag("s3-use-ssl", given.useSSL, default: true), bucket: bucket,
                lookup: lookup)
        } catch {
            throw ConfigurationError("\(error.operation): \(error.message)")
        }
        let rate = try source.number("s3-rate-limit", given.rateLimit, least: 0, default: 0)
        self.init(
            endpoint: parsed, region: source.text("s3-region", given.region),
            credentials: try BucketCredentials(given, source),
            concurrency: Int(
                try source.number("s3-concurrency", given.concurrency, least: 1, most: 10_000, default: 100)),
            rateLimit: rate == 0 ? nil : Double(rate))
    }
}

extension BucketCredentials {
    fileprivate init(_ given: SharedStorageOptions, _ source: SettingSource) throws(ConfigurationError) {
        let access = Self.firstGiven(
            ["s3-access-key-path": given.accessKeyPath, "s3-access-key": given.accessKey], source)
        let secret = Self.firstGiven(
            ["s3-secret-key-path": given.secretKeyPath, "s3-secret-key": given.secretKey], source)
        guard !source.flag("s3-use-iam", given.useIAM, default: false) else {
            if let flag = access ?? secret {
                throw ConfigurationError("--s3-use-iam and --\(flag) contradict each other; give one of them")
            }
            self = .machine
            return
        }
        switch (access, secret) {
        case (nil, nil):
            throw ConfigurationError(
                "there are no credentials for the bucket; give --s3-access-key-path and --s3-secret-key-path, or "
                    + "--s3-use-iam to take those of the machine")
        case (let flag?, nil):
            throw ConfigurationError("--\(flag) is given without its secret half; give --s3-secret-key-path too")
        case (nil, let flag?):
            throw ConfigurationError("--\(flag) is given without the access key; give --s3-access-key-path too")
        case (_?, _?): break
        }
        guard let id = try source.secret("s3-access-key", given.accessKey, path: given.accessKeyPath),
            let key = try source.secret("s3-secret-key", given.secretKey, path: given.secretKeyPath)
        else { preconditionFailure("both are given") }
        self = .key(S3Credentials(accessKeyID: id, secretAccessKey: key))
    }

    private static func firstGiven(
        _ flags: KeyValuePairs<String, String?>, _ source: SettingSource
    ) -> String? {
        flags.first { source.text($0.key, $0.value) != nil }?.key
    }
}

/// Which of the flags that only matter with a database were given, by flag or by variable.
struct SharedStorageFlags {
    /// The first of them, without dashes.
    let first: String?

    init(_ given: SharedStorageOptions, _ source: SettingSource) {
        let texts: KeyValuePairs<String, String?> = [
            "db-pool": given.dbPool, "s3-endpoint": given.endpoint, "s3-bucket": given.bucket,
            "s3-region": given.region, "s3-access-key-path": given.accessKeyPath, "s3-access-key": given.accessKey,
            "s3-secret-key-path": given.secretKeyPath, "s3-secret-key": given.secretKey,
            "s3-use-iam": given.useIAM.map { "\($0)" }, "s3-use-ssl": given.useSSL.map { "\($0)" },
            "s3-bucket-lookup": given.bucketLookup, "s3-concurrency": given.concurrency,
            "s3-rate-limit": given.rateLimit,
        ]
        first = texts.first { source.text($0.key, $0.value) != nil }?.key
    }
}

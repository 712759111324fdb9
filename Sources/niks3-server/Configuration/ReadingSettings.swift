import CacheCore
import CacheServer

/// How objects are sent to readers.
struct ReadingSettings: Hashable, Sendable {
    /// What narinfos in memory may take together, in bytes.
    let cacheSize: Int
    /// For how long the URLs are good that lead readers of NARs to the bucket; nil to send NARs from here.
    let redirectLifetime: Duration?

    /// The longest life of a presigned URL (Amazon S3 User Guide, "Sharing objects with presigned URLs").
    private static let longestRedirect = Duration.seconds(7 * 86_400)

    /// - Parameters:
    ///   - isShared: whether the objects are in a bucket.
    ///   - servesReads: whether this server serves objects at all.
    /// - Throws: ``ConfigurationError`` for what cannot be used, or has no effect.
    init(
        options: ReadingOptions, source: SettingSource, isShared: Bool, servesReads: Bool
    ) throws(ConfigurationError) {
        cacheSize = Int(
            try source.number(
                "read-cache-size", options.readCacheSize, least: 0, most: 1 << 40,
                default: Int64(NarInfoCacheLimits.usualBytes)))
        redirectLifetime = try Self.redirectLifetime(source.text("read-redirect-ttl", options.readRedirectTtl))
        guard redirectLifetime != nil else { return }
        guard isShared else {
            throw ConfigurationError(
                "--read-redirect-ttl needs --db and a bucket: NARs in a data directory are sent by this server; leave it out"
            )
        }
        guard servesReads else {
            throw ConfigurationError("--read-redirect-ttl is for what this server serves: give --enable-read-proxy too")
        }
    }

    private static func redirectLifetime(_ text: String?) throws(ConfigurationError) -> Duration? {
        guard let text, text != "0" else { return nil }
        if let duration = try? Duration(goDuration: text) {
            if duration == .zero { return nil }
            if duration >= .seconds(1), duration <= longestRedirect { return duration }
        }
        throw ConfigurationError("--read-redirect-ttl \(text): write it as in 10m or 1h, from 1s to 7d")
    }
}

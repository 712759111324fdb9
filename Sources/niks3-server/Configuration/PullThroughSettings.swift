import CacheCore
import CacheServer
import NarKit

/// Other caches that what is lacking here comes from.
struct PullThroughSettings: Sendable {
    let upstreams: [String]
    /// Besides our own.
    let trustedKeys: [PublicKey]
    let negativeLifetime: Duration
    let narConcurrency: Int
    let narInfoConcurrency: Int

    /// - Parameter servesReads: whether this server serves objects at all.
    /// - Returns: nil where there are no such caches.
    /// - Throws: ``ConfigurationError`` for what cannot be used, or has no effect.
    init?(options: PullThroughOptions, source: SettingSource, servesReads: Bool) throws(ConfigurationError) {
        let negative = source.text("pull-through-negative-ttl", options.pullThroughNegativeTtl)
        let keys = source.list("trusted-key", options.trustedKey)
        upstreams = try source.list("pull-through-upstream", options.pullThroughUpstream).map {
            url throws(ConfigurationError) in try WebURL(flag: "pull-through-upstream", url).text
        }
        trustedKeys = try keys.map { text throws(ConfigurationError) in
            do { return try PublicKey(parsing: text) } catch {
                throw ConfigurationError("--trusted-key \(text): \(error)")
            }
        }
        negativeLifetime = try Self.lifetime(negative ?? "1m")
        narConcurrency = Int(
            try source.number(
                "pull-through-concurrency", options.pullThroughConcurrency, least: 1, most: 1000, default: 16))
        narInfoConcurrency = Int(
            try source.number(
                "pull-through-narinfo-concurrency", options.pullThroughNarinfoConcurrency, least: 1, most: 10_000,
                default: 256))
        guard !upstreams.isEmpty else {
            let others = [
                ("trusted-key", keys.first), ("pull-through-negative-ttl", negative),
                ("pull-through-concurrency", source.text("pull-through-concurrency", options.pullThroughConcurrency)),
                (
                    "pull-through-narinfo-concurrency",
                    source.text("pull-through-narinfo-concurrency", options.pullThroughNarinfoConcurrency)
                ),
            ]
            if let flag = others.first(where: { $0.1 != nil })?.0 {
                throw ConfigurationError("--\(flag) is about other caches: give --pull-through-upstream too")
            }
            return nil
        }
        guard servesReads else {
            throw ConfigurationError(
                "--pull-through-upstream is for what this server serves: give --enable-read-proxy too")
        }
    }

    private static func lifetime(_ text: String) throws(ConfigurationError) -> Duration {
        if let duration = try? Duration(goDuration: text == "0" ? "0s" : text), duration >= .zero { return duration }
        throw ConfigurationError("--pull-through-negative-ttl \(text): write it as in 30s or 5m")
    }

    /// What the server is told.
    /// - Parameter own: the public halves of the keys that it signs with.
    /// - Throws: ``ConfigurationError`` where no key would count.
    func configuration(
        own: [PublicKey], storeDirectory: StoreDirectory
    ) throws(ConfigurationError) -> PullThroughConfiguration {
        let keys = trustedKeys + own
        guard !keys.isEmpty else {
            throw ConfigurationError(
                "--pull-through-upstream needs keys to believe: give those of these caches with --trusted-key")
        }
        var configuration = PullThroughConfiguration(
            upstreams: upstreams, trustedKeys: TrustedKeys(keys), storeDirectory: storeDirectory)
        configuration.negativeLifetime = negativeLifetime
        configuration.narConcurrency = narConcurrency
        configuration.narInfoConcurrency = narInfoConcurrency
        return configuration
    }
}

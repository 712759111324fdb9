import CacheCore
import CacheServer

/// When the server collects by itself, and what.
struct CollectionSchedule: Hashable, Sendable {
    let interval: Duration
    let parameters: GCParameters

    /// A collection looks at everything; more often than this it would do little else.
    private static let shortest = Duration.seconds(60)

    /// - Returns: nil where the server is not to collect by itself.
    /// - Throws: ``ConfigurationError`` for durations that cannot be used.
    init?(options: CollectionOptions, source: SettingSource, times: LifecycleTimes?) throws(ConfigurationError) {
        let ages = [
            ("gc-older-than", source.text("gc-older-than", options.gcOlderThan)),
            (
                "gc-failed-uploads-older-than",
                source.text("gc-failed-uploads-older-than", options.gcFailedUploadsOlderThan)
            ),
        ]
        for (flag, text) in ages { if let text { _ = try Self.duration(flag, text) } }
        let text = source.text("gc-interval", options.gcInterval) ?? "0"
        interval = try Self.duration("gc-interval", text)
        guard interval > .zero else {
            if let flag = ages.first(where: { $0.1 != nil })?.0 {
                throw ConfigurationError("--\(flag) is for collections of the server's own: give --gc-interval too")
            }
            return nil
        }
        guard interval >= Self.shortest || times != nil else {
            throw ConfigurationError("--gc-interval \(text): give 1m or more")
        }
        parameters = GCParameters(
            olderThan: ages[0].1 ?? "720h",
            failedUploadsOlderThan: ages[1].1 ?? GCParameters.defaultFailedUploadsOlderThan)
    }

    private static func duration(_ flag: String, _ text: String) throws(ConfigurationError) -> Duration {
        do throws(CacheError) {
            let duration = try Duration(goDuration: text == "0" ? "0s" : text)
            if duration >= .zero { return duration }
        } catch {}
        throw ConfigurationError("--\(flag) \(text): write it as in 12h, 90m or 30d")
    }
}

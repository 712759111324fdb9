import CacheClient

extension PushPreview {
    /// The closing line of a dry run.
    var text: String {
        let upstream = upstreamPaths > 0 ? ", \(upstreamPaths) at other substituters" : ""
        return
            "Would push \(Quantities.count(newPaths.count, "path")) with \(Quantities.bytes(narBytes)); \(cachedPaths) "
            + "already in the cache\(upstream)."
    }
}

import CacheClient

extension PushSummary {
    /// The closing line of a push.
    var text: String {
        let time = Quantities.duration(duration)
        var skipped = skippedPaths > 0 ? ", \(Quantities.count(skippedPaths, "path")) skipped" : ""
        if upstreamPaths > 0 { skipped += ", \(upstreamPaths) at other substituters" }
        guard newPaths > 0 || bytesSent > 0 else {
            return "Nothing to push: \(cachedPaths == 1 ? "the path is" : "all \(cachedPaths) paths are") in the cache"
                + "\(skipped) (\(time))."
        }
        let ratio =
            narBytesSent > 0 && compressedBytesSent > 0
            ? ", compressed to \((compressedBytesSent * 100 + narBytesSent / 2) / narBytesSent) %" : ""
        let kept = bytesKept > 0 ? ", \(Quantities.bytes(bytesKept)) sent before" : ""
        return "Pushed \(Quantities.count(newPaths, "path")), \(cachedPaths) already in the cache\(skipped): "
            + "read \(Quantities.bytes(bytesRead)), sent \(Quantities.bytes(bytesSent))\(ratio)\(kept) in \(time)."
    }
}

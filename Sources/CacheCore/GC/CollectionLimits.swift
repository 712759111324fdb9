/// The durations that the parameters of a collection stand for.
struct CollectionLimits: Hashable, Sendable {
    var olderThan: Duration
    var failedUploadsOlderThan: Duration
    var force: Bool

    /// Reads the texts that were sent.
    /// - Throws: ``CacheError`` of code `invalidRequest` for what is no duration or negative.
    init(_ parameters: GCParameters) throws(CacheError) {
        olderThan = try CollectionLimits.age(parameters.olderThan, "older-than")
        failedUploadsOlderThan = try CollectionLimits.age(
            parameters.failedUploadsOlderThan, "failed-uploads-older-than")
        force = parameters.force
    }

    private static func age(_ text: String, _ name: String) throws(CacheError) -> Duration {
        guard !text.isEmpty else {
            throw CacheError(.invalidRequest, "\(name) is missing; say how old, as in \(name)=720h.")
        }
        let age = try Duration(goDuration: text)
        guard age >= .zero else {
            throw CacheError(.invalidRequest, "\(name)=\(text) is negative; write it as in 720h or 30d.")
        }
        return age
    }

    /// For how long what is condemned is spared: as long as an upload may be open.
    var grace: Duration { force ? .zero : failedUploadsOlderThan }
}

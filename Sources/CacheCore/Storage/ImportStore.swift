/// What an import asks of the store that also is a ``MetadataStore`` and a ``FsckStore``. Each method is one transaction.
public protocol ImportStore: Sendable {
    /// Which of some keys are roots already. They are not touched.
    func existingClosures(_ keys: [String]) async throws(CacheError) -> Set<String>

    /// Sets the times of closures that an import has just made to when they were last pushed.
    ///
    /// One that was touched later than `end` keeps its time.
    /// - Parameters:
    ///   - times: when each was last pushed, by key.
    ///   - start: before the import made them.
    ///   - end: after it had made them.
    func setClosureTimes(
        _ times: [String: Timestamp], madeFrom start: Timestamp, to end: Timestamp
    ) async throws(CacheError)

    /// Gives a closure a name that was given elsewhere, with its times. A name that is taken keeps what it names.
    /// - Parameters:
    ///   - pin: the name and its times.
    ///   - closure: the key of its top narinfo.
    /// - Returns: false when the name is taken, or there is no such closure.
    func importPin(_ pin: Pin, closure: String) async throws(CacheError) -> Bool

    /// Inserts an open upload that was begun elsewhere.
    /// - Returns: its number; nil when it was inserted before.
    func importUpload(_ upload: NewUpload, startedAt: Timestamp) async throws(CacheError) -> UploadID?
}

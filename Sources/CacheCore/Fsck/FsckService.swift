/// Compares what the database says with what the bucket holds, and repairs what it can.
///
/// Everything is looked at twice: what seems wrong at first may be a push or a collection on its way. With
/// ``FsckOptions/repairs`` the second look, and what follows from it, happens under claims of an upload of the check's
/// own. Nothing is ever deleted in the bucket: what nobody needs is left to the next collection. Memory is bounded by
/// ``FsckSettings/pageSize`` but for the numbers of objects that damaged closures reach.
public struct FsckService: Sendable {
    let metadata: any MetadataStore & FsckStore & PinStore
    let uploads: UploadService
    let settings: FsckSettings

    /// Makes the service.
    /// - Parameters:
    ///   - metadata: the store that `uploads` works with.
    ///   - uploads: the uploads of the same cache, through which repairs are made.
    ///   - settings: keys and sizes.
    public init(
        metadata: any MetadataStore & FsckStore & PinStore, uploads: UploadService, settings: FsckSettings
    ) {
        self.metadata = metadata
        self.uploads = uploads
        self.settings = settings
    }

    var objects: any ObjectStore { uploads.objects }

    /// Receives what a check tells.
    public typealias Report = (FsckEvent) async throws(CacheError) -> Void

    /// Checks a cache from a position on.
    /// - Parameters:
    ///   - position: where to begin, as an earlier check reported it.
    ///   - report: called for each finding, and from time to time with the position.
    /// - Returns: what was found, that of the earlier check included.
    /// - Throws: ``CacheError`` when a store fails, when the task is cancelled, and what `report` throws. The check can go
    ///   on from the last reported position.
    public func run(
        from position: FsckPosition, _ report: Report
    ) async throws(CacheError) -> FsckSummary {
        var position = position
        if position.phase == .objects {
            try await checkObjects(&position, report)
            try await enter(.bucket, &position, report)
        }
        if position.phase == .bucket {
            try await checkBucket(&position, report)
            try await enter(.closures, &position, report)
        }
        try await checkClosures(&position, report)
        return position.summary
    }

    private func enter(
        _ phase: FsckPosition.Phase, _ position: inout FsckPosition, _ report: Report
    ) async throws(CacheError) {
        position.phase = phase
        position.after = ""
        try await report(.position(position))
    }

    /// Tells what was found on a page, and that the page is done.
    func finish(
        _ findings: [FsckFinding], upTo key: String, _ position: inout FsckPosition, _ report: Report
    ) async throws(CacheError) {
        for finding in findings {
            position.summary.count(finding)
            try await report(.finding(finding))
        }
        position.after = key
        try await report(.position(position))
        guard !Task.isCancelled else { throw FsckService.interrupted }
    }

    static let interrupted = CacheError(.unavailable, "The check was interrupted.")
}

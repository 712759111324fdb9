public import NarKit

/// Adds the signatures of the cache's keys to narinfos that were stored without them.
///
/// Each narinfo is claimed, read, and written anew by a publishing upload, with all that it said and more signatures: its
/// references stay, and readers see one text or the other. What has the signatures already is passed over, so that it can
/// be repeated, and go on from a position.
public struct ResignService: Sendable {
    let metadata: any MetadataStore & FsckStore & ResignStore
    let uploads: UploadService
    /// Whose signature a narinfo needs to be signed anew; nil for nobody's.
    let trustedKeys: TrustedKeys?
    /// How many narinfos are written by one upload.
    let pageSize: Int

    /// Makes the service.
    /// - Parameters:
    ///   - metadata: the store that `uploads` works with.
    ///   - uploads: the uploads of the cache, with the keys to sign with.
    ///   - trustedKeys: whose signature a narinfo needs to be signed anew, as those of the keys that are to be replaced;
    ///     nil to sign all.
    ///   - pageSize: how many narinfos are written by one upload; memory holds so many.
    public init(
        metadata: any MetadataStore & FsckStore & ResignStore, uploads: UploadService, trustedKeys: TrustedKeys?,
        pageSize: Int = 256
    ) {
        self.metadata = metadata
        self.uploads = uploads
        self.trustedKeys = trustedKeys
        self.pageSize = pageSize
    }

    /// Receives what is told.
    public typealias Report = (ResignEvent) async throws(CacheError) -> Void

    /// Signs all narinfos after a position.
    /// - Parameters:
    ///   - position: where to begin, as was reported before.
    ///   - report: called for what is left as it is, and from time to time with the position.
    /// - Returns: what was done, before the position too.
    /// - Throws: ``CacheError`` when a store fails, when the task is cancelled, and what `report` throws.
    public func run(
        from position: ResignPosition = ResignPosition(), _ report: Report
    ) async throws(CacheError) -> ResignSummary {
        var position = position
        while true {
            let rows = try await metadata.inspect(after: position.after, limit: pageSize)
            guard let last = rows.last else { return position.summary }
            let narInfos = rows.filter { $0.key.type == .narinfo && $0.state == .live }
            try await sign(narInfos, &position.summary, report)
            position.after = Self.next(after: last.key)
            try await report(.position(position))
            guard !Task.isCancelled else {
                throw CacheError(.unavailable, "The signing was interrupted; run it again.")
            }
        }
    }

    /// Where the search for narinfos goes on: past the directories, in which there are none.
    private static func next(after key: ObjectKey) -> String {
        guard let slash = key.text.firstIndex(of: "/") else { return key.text }
        return key.text[...slash] + "~"
    }

    private func sign(
        _ rows: [InspectedObject], _ summary: inout ResignSummary, _ report: Report
    ) async throws(CacheError) {
        let outcomes = try await looks(at: rows)
        var wanted: [InspectedObject] = []
        for (row, outcome) in zip(rows, outcomes) {
            summary.narInfos += 1
            switch outcome {
            case .complete: summary.present += 1
            case .incomplete: wanted.append(row)
            case .refused(let reason): try await refuse(row, reason, &summary, report)
            }
        }
        guard !wanted.isEmpty else { return }
        for (row, reason) in zip(wanted, try await rewrite(wanted)) {
            if let reason {
                try await refuse(row, reason, &summary, report)
            } else {
                summary.signed += 1
            }
        }
    }

    private func refuse(
        _ row: InspectedObject, _ reason: String, _ summary: inout ResignSummary, _ report: Report
    ) async throws(CacheError) {
        summary.refused += 1
        try await report(.refused(key: row.key.text, reason: reason))
    }
}

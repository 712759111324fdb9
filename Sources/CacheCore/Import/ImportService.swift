import NarKit

/// Takes over what lies in the bucket already, as pushes whose bytes are there: what is needed is claimed, looked for and
/// read, and completed by whole closures.
///
/// Narinfos and realisations are read, signed and written anew, as for every push; NARs, listings and logs stay as they
/// lie. Each closure becomes a root at once with all that it reaches, so that a collection meanwhile does no harm, and an
/// import that was interrupted is repeated: what is there by then is passed over.
public struct ImportService: Sendable {
    let metadata: any MetadataStore & FsckStore & ImportStore
    let uploads: UploadService
    /// How many closures are completed together.
    let group: Int

    /// Makes the service.
    /// - Parameters:
    ///   - metadata: the store that `uploads` works with.
    ///   - uploads: the uploads of the cache that takes everything over.
    ///   - group: how many closures are completed together; memory holds the narinfos of so many.
    public init(
        metadata: any MetadataStore & FsckStore & ImportStore, uploads: UploadService, group: Int = 32
    ) {
        self.metadata = metadata
        self.uploads = uploads
        self.group = group
    }

    var objects: any ObjectStore { uploads.objects }

    /// Receives what an import tells.
    public typealias Report = (ImportEvent) async throws(CacheError) -> Void

    static let interrupted = CacheError(
        .unavailable, "The import was interrupted; run it again before the next collection.")

    func checkInterruption() throws(CacheError) {
        guard !Task.isCancelled else { throw ImportService.interrupted }
    }
}

/// An import on its way.
struct ImportProgress {
    var summary = ImportSummary()
    /// What was told to be refused, each once.
    private(set) var refused: Set<String> = []

    /// Tells of what cannot be taken.
    mutating func refuse(
        _ refusals: [String: String], _ report: ImportService.Report
    ) async throws(CacheError) {
        for (key, reason) in refusals.sorted(by: { $0.key < $1.key }) where refused.insert(key).inserted {
            summary.refused += 1
            try await report(.refused(key: key, reason: reason))
        }
    }
}

import NarKit

/// Stores what was fetched from another cache, as pushes whose bytes the server sends itself.
///
/// Each narinfo becomes a root of its own, of a kind that `present` and pins do not take for pushed: what it refers to may
/// not be here.
public struct PullService: Sendable {
    let uploads: UploadService
    /// How many bytes of a NAR are kept in memory until they are sent.
    let partSize: Int

    /// Makes the service.
    /// - Parameters:
    ///   - uploads: the uploads of the cache.
    ///   - partSize: in bytes, 5 MiB at least; memory holds one part for each NAR on its way.
    public init(uploads: UploadService, partSize: Int = 8 << 20) {
        self.uploads = uploads
        self.partSize = partSize
    }

    /// The largest NAR that is stored, in bytes as it comes.
    private var maximumSize: UInt64 { UInt64(partSize) * UInt64(MultipartPlan.maximumPartNumber) }

    /// Begins to store a NAR and the narinfo that names it, which nobody has to have asked the bucket for.
    /// - Returns: nil for what cannot be stored, or not now: too large, or just being deleted.
    /// - Throws: ``CacheError`` when a store fails.
    public func begin(_ pulled: PulledNarInfo) async throws(CacheError) -> PulledUpload? {
        guard let stored = pulled.stored, pulled.narInfo.fileSize ?? 0 <= maximumSize else { return nil }
        let narSize = Int64(clamping: pulled.narInfo.narSize)
        guard narSize <= uploads.settings.maximumNarSize ?? .max else { return nil }
        try uploads.clocks?.check()
        let references = stored.references.filter { $0 != pulled.key.text }
        let upload = try await uploads.metadata.beginUpload(
            NewUpload(roots: [pulled.key.text], external: Set(references).sorted(), isPulled: true))
        do throws(CacheError) {
            if let begun = try await claim(pulled, stored, upload: upload.id) { return begun }
        } catch {
            await uploads.giveUp(upload.id)
            throw error
        }
        await uploads.giveUp(upload.id)
        return nil
    }

    private func claim(
        _ pulled: PulledNarInfo, _ stored: StoredNarInfo, upload: UploadID
    ) async throws(CacheError) -> PulledUpload? {
        let claimed = try await uploads.metadata.claimChunk(
            pulled.claims(stored), upload: upload, writeWindow: uploads.times.writeWindow)
        guard let claimed else { throw .noUpload(upload) }
        var begun = PulledUpload(service: self, upload: upload, narKey: stored.narKey, instant: claimed.instant)
        for entry in claimed.entries {
            guard let id = entry.id else { return nil }
            if entry.key == stored.narKey {
                begun.nar = id
                begun.needsNar = entry.decision.needsUpload
            } else if entry.decision.needsUpload {
                begun.text = ObjectText(
                    object: id, bytes: pulled.bytes, refs: stored.keys, narKey: stored.narKey.text)
            }
        }
        if !begun.needsNar, try await isLost(stored) {
            let instant = try await uploads.metadata.markLost(
                [begun.nar], by: .absence, upload: upload, writeWindow: uploads.times.writeWindow)
            guard let instant else { throw .noUpload(upload) }
            begun.instant = instant
            begun.needsNar = true
        }
        return begun
    }

    /// Whether the bucket lacks a NAR that it is taken to have.
    private func isLost(_ stored: StoredNarInfo) async throws(CacheError) -> Bool {
        let (objects, key) = (uploads.objects, stored.narKey.text)
        return try await store { () throws(ObjectStoreError) in try await objects.attributes(of: key) } == nil
    }
}

extension UploadService {
    /// Gives an upload up with its claims. When that fails, a collection does it.
    func giveUp(_ upload: UploadID) async {
        try? await metadata.dropUpload(upload)
        try? await releaseClaims(of: upload)
    }
}

import Logging

extension UploadService {
    /// Completes an upload: decides, publishes and commits it. Repeating it is no error.
    /// - Throws: ``CacheError``: `invalidRequest` for an id that is no number and for texts that cannot be published;
    ///   `notFound` for an unknown upload; `conflict` with the keys of narinfos and NARs that are missing, after which the
    ///   same upload may be completed again; whatever the stores fail with.
    public func complete(_ id: String) async throws(CacheError) {
        let upload = try UploadID(parsing: id)
        var staged: [String] = []
        var arrivals: [ObjectArrival] = []
        let started = try await metadata.upload(upload)
        switch started?.state {
        case nil, .dropped: throw .noUpload(upload)
        case .completed: return
        case .publishing: break
        case .open: (arrivals, staged) = try await gather(upload)
        }
        let request = CompletionRequest(
            upload: upload, arrivals: arrivals, requiresCompleteClosures: settings.requireCompleteClosures)
        switch try await metadata.decide(request) {
        case .unknown: throw .noUpload(upload)
        case .completed: break
        case .publishing(let items): try await publishAndCommit(items, upload: upload)
        case .refused(let refusal):
            onEvent(.refused)
            throw try await error(for: refusal, upload: upload)
        }
        if let started { onEvent(.completed(startedAt: started.startedAt)) }
        await tidy(upload, staged: staged)
    }

    /// Looks for all that was to be uploaded, and reads the staged texts.
    /// - Returns: what is in the bucket, and the staging keys that were read.
    private func gather(_ upload: UploadID) async throws(CacheError) -> ([ObjectArrival], [String]) {
        var arrivals: [ObjectArrival] = []
        var staged: [String] = []
        var last: ObjectID = 0
        while true {
            let page = try await metadata.unfinishedObjects(of: upload, after: last, limit: 1000)
            guard let final = page.last else { return (arrivals, staged) }
            last = final.id
            let uploads = page.filter { $0.key.type.isWrittenByClients }
            arrivals += try await concurrently(uploads, limit: settings.storeConcurrency) {
                object throws(CacheError) in
                try await self.arrivedSize(of: object.key, narSize: object.narSize).map { size in
                    ObjectArrival(id: object.id, size: size)
                }
            }.compactMap(\.self)
            let texts = page.filter { !$0.key.type.isWrittenByClients && !$0.hasText }
            if !texts.isEmpty { staged += try await readStaged(texts, upload: upload) }
        }
    }

    private func error(
        for refusal: CompletionRefusal, upload: UploadID
    ) async throws(CacheError) -> CacheError {
        if !refusal.dangling.isEmpty {
            // Their texts have to be written anew: the next push is asked for them.
            logger.error(
                "objects refer to rows that are gone", metadata: ["objects": "\(refusal.dangling.count)"])
            _ = try await metadata.markLost(
                refusal.dangling, by: .danglingReferences, upload: upload, writeWindow: times.writeWindow)
        }
        guard refusal.missing.isEmpty else { return .missing(refusal.missing) }
        return CacheError(.invalidRequest, refusal.invalid.first ?? "The upload cannot be completed.")
    }

    /// What follows a completed upload, and may fail without harm: a later ``resume()`` repeats it.
    private func tidy(_ upload: UploadID, staged: [String]) async {
        do throws(CacheError) {
            try await releaseClaims(of: upload)
            if !staged.isEmpty { try await deleteStaged(staged) }
        } catch {
            logger.debug("an upload is tidied up later", metadata: ["upload": "\(upload)", "error": "\(error)"])
        }
    }
}

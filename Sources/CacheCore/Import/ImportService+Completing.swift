import NarKit

extension ImportService {
    /// Takes some closures over, which become roots.
    ///
    /// Those that cannot be completed together are tried one by one, and then without relying on what the cache says it
    /// has.
    /// - Returns: the roots that are there now.
    func take(
        _ roots: [String], _ attachments: Attachments, _ progress: inout ImportProgress, _ report: Report
    ) async throws(CacheError) -> [String] {
        do throws(CacheError) {
            return try await take(roots, attachments, trustsKnown: true, &progress, report)
        } catch {
            guard error.code == .conflict else { throw error }
        }
        var taken: [String] = []
        for root in roots {
            do throws(CacheError) {
                taken += try await take([root], attachments, trustsKnown: false, &progress, report)
            } catch {
                guard error.code == .conflict else { throw error }
                try await progress.refuse([root: error.message], report)
            }
        }
        return taken
    }

    private func take(
        _ roots: [String], _ attachments: Attachments, trustsKnown: Bool, _ progress: inout ImportProgress,
        _ report: Report
    ) async throws(CacheError) -> [String] {
        let closure = try await gather(roots, attachments, trustsKnown: trustsKnown)
        try await progress.refuse(closure.refused, report)
        let sound = roots.filter { closure.refused[$0] == nil }
        guard !sound.isEmpty else { return [] }
        progress.summary.narInfos += Int64(try await complete(closure, roots: sound))
        progress.summary.closures += Int64(sound.count)
        try await report(.progress(progress.summary))
        return sound
    }

    /// Claims, and completes what was claimed.
    /// - Returns: how many narinfos were written.
    func complete(_ closure: ImportedClosure, roots: [String]) async throws(CacheError) -> Int {
        let upload = try await metadata.beginUpload(
            NewUpload(roots: roots.sorted(), external: closure.refused.keys.sorted())
        ).id
        do throws(CacheError) {
            let ids = try await claim(try closure.claims, upload: upload)
            let texts = try await texts(of: closure, ids)
            try await uploads.keep(texts.all, upload: upload)
            try await uploads.complete(upload.description)
            return texts.narInfos
        } catch {
            try? await metadata.dropUpload(upload)
            try? await uploads.releaseClaims(of: upload)
            throw error
        }
    }

    /// Claims objects by chunks, and waits for those that are being deleted.
    /// - Returns: the numbers of those that are not there yet, by key.
    private func claim(_ claims: [NewClaim], upload: UploadID) async throws(CacheError) -> [ObjectKey: ObjectID] {
        let times = uploads.times
        var absent: [ObjectKey: ObjectID] = [:]
        var rest = claims
        var waited = Duration.zero
        while true {
            var busy: [NewClaim] = []
            for chunk in rest.chunked(10_000) {
                let claimed = try await metadata.claimChunk(
                    Array(chunk), upload: upload, writeWindow: times.writeWindow)
                guard let claimed else { throw .noUpload(upload) }
                for (claim, entry) in zip(chunk, claimed.entries) {
                    switch entry.decision {
                    case .wait: busy.append(claim)
                    case .absent: throw .missing([entry.key.text])
                    case .insert, .upload, .restart: absent[entry.key] = entry.id
                    case .present, .revive: break
                    }
                }
            }
            guard let first = busy.first else { return absent }
            guard waited < times.busyPeriod else {
                throw CacheError(.busy, "The object \(first.key) is just being deleted; import again when it is gone.")
            }
            try await uploads.pause(for: times.busyPoll)
            waited += times.busyPoll
            rest = busy
        }
    }

    /// The texts that are to be written, signed.
    private func texts(
        of closure: ImportedClosure, _ ids: [ObjectKey: ObjectID]
    ) async throws(CacheError) -> (all: [ObjectText], narInfos: Int) {
        var narInfos: [(id: ObjectID, key: ObjectKey, text: NarInfoText)] = []
        var all: [ObjectText] = []
        for entry in closure.entries {
            if let id = ids[entry.key] {
                narInfos.append((id, entry.key, try NarInfoText(entry.text.narInfo, key: entry.key)))
            }
            for (key, bytes) in entry.realisations {
                if let id = ids[key] { all.append(ObjectText(object: id, bytes: bytes)) }
            }
        }
        let fingerprints = Dictionary(
            narInfos.map { ($0.key.text, $0.text.narInfo.fingerprint) }, uniquingKeysWith: { first, _ in first })
        let signatures =
            fingerprints.isEmpty ? [:] : try await uploads.settings.signer.signatures(of: fingerprints)
        for var entry in narInfos {
            entry.text.add(signatures[entry.key.text] ?? [])
            all.append(entry.text.objectText(for: entry.id))
        }
        return (all, narInfos.count)
    }
}

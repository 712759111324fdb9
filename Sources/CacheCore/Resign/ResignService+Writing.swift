import NarKit

extension ResignService {
    /// What a look at a narinfo gave.
    enum Outcome: Sendable {
        /// All keys have signed it.
        case complete
        case incomplete(SignableNarInfo)
        /// Why it is left as it is.
        case refused(String)
    }

    /// How often a write is repeated before its narinfo is left as it is.
    private static let attempts = 5

    func looks(at rows: [InspectedObject]) async throws(CacheError) -> [Outcome] {
        try await concurrently(rows, limit: uploads.settings.storeConcurrency) { row throws(CacheError) in
            try await look(at: row.key)
        }
    }

    private func look(at key: ObjectKey) async throws(CacheError) -> Outcome {
        do throws(CacheError) {
            guard let bytes = try await uploads.text(at: key.text) else {
                return .refused("it is not in the bucket; run fsck")
            }
            let found = try SignableNarInfo(bytes, key: key, storeDirectory: uploads.settings.storeDirectory)
            if found.isSigned(byAll: uploads.settings.signer.publicKeys) { return .complete }
            guard trustedKeys.map({ found.narInfo.isSigned(by: $0) }) ?? true else {
                return .refused("none of the given keys has signed it")
            }
            return .incomplete(found)
        } catch {
            guard error.code == .invalidRequest else { throw error }
            return .refused(error.message)
        }
    }

    /// Writes narinfos anew, by an upload of their own.
    /// - Returns: for each why it was left as it is; nil where it is signed now.
    func rewrite(_ rows: [InspectedObject]) async throws(CacheError) -> [String?] {
        let upload = try await metadata.beginUpload(NewUpload(roots: [], external: [])).id
        let reasons: [String?]
        do throws(CacheError) {
            reasons = try await rewrite(rows, upload: upload)
        } catch {
            // One that is publishing by now is finished by any server.
            await uploads.giveUp(upload)
            throw error
        }
        if try await !metadata.commit(upload, published: [:]) { try? await metadata.dropUpload(upload) }
        try await uploads.releaseClaims(of: upload)
        return reasons
    }

    private func rewrite(_ rows: [InspectedObject], upload: UploadID) async throws(CacheError) -> [String?] {
        try uploads.clocks?.check()
        // Not listed: what is not there any more is not to be uploaded.
        let claimed = try await metadata.claimChunk(
            rows.map { NewClaim(key: $0.key, isListed: false) }, upload: upload, writeWindow: uploads.times.writeWindow)
        guard let claimed else { throw .noUpload(upload) }
        // Nobody deletes them from here on, and what is read stays what it is about.
        let looks = try await looks(at: rows)
        var fingerprints: [String: String] = [:]
        for (row, look) in zip(rows, looks) {
            if case .incomplete(let found) = look { fingerprints[row.key.text] = found.narInfo.fingerprint }
        }
        let signatures =
            fingerprints.isEmpty ? [:] : try await uploads.settings.signer.signatures(of: fingerprints)
        var texts: [ObjectID: [UInt8]] = [:]
        for (row, look) in zip(rows, looks) {
            guard case .incomplete(let found) = look, let new = signatures[row.key.text] else { continue }
            texts[row.id] = found.adding(new)
        }
        let ids = Set(claimed.entries.compactMap(\.id))
        let writable = rows.filter { ids.contains($0.id) && texts[$0.id] != nil }
        let lease = try await metadata.beginRewriting(
            writable.map(\.id), upload: upload, busyPeriod: uploads.times.busyPeriod)
        guard let lease else { throw .noUpload(upload) }
        let written = texts
        return try await concurrently(Array(zip(rows, looks)), limit: uploads.settings.storeConcurrency) {
            row, look throws(CacheError) in
            switch look {
            case .complete: return nil
            case .refused(let reason): return reason
            case .incomplete: break
            }
            guard let text = written[row.id], lease.objects.contains(row.id) else { return "it has just been deleted" }
            return try await write(text, of: row, upload: upload, instant: lease.instant)
        }
    }

    /// Writes one narinfo, again until the store answers for certain, each time under a new lease.
    /// - Returns: why it could not be written.
    private func write(
        _ text: [UInt8], of row: InspectedObject, upload: UploadID, instant: Timestamp
    ) async throws(CacheError) -> String? {
        var instant = instant
        var delay = Duration.milliseconds(100)
        for attempt in 1...Self.attempts {
            do throws(ObjectStoreError) {
                try await uploads.objects.put(
                    text, to: row.key.text, contentType: row.key.contentType, contentEncoding: nil,
                    lease: Lease(signedAt: instant, times: uploads.times))
                _ = try? await metadata.correctSize(of: row, to: Int64(text.count))
                return nil
            } catch {
                guard error.isRetryable, attempt < Self.attempts else { return error.message }
            }
            try await uploads.pause(for: delay)
            delay *= 2
            let renewed = try await metadata.beginRewriting(
                [row.id], upload: upload, busyPeriod: uploads.times.busyPeriod)
            guard let renewed, renewed.objects.contains(row.id) else { return "it has just been deleted" }
            instant = renewed.instant
        }
        return nil
    }
}

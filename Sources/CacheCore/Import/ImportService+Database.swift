extension ImportService {
    private static let page = 1000

    /// Takes over what another server's database says about the same bucket.
    ///
    /// Closures and pins keep their times. What that server had marked as deleted, or was never completed, is left to the
    /// next collection; nothing is, as long as a closure could not be taken.
    /// - Parameters:
    ///   - source: the database; its server is stopped.
    ///   - waits: whether to wait until nothing that the other server allowed can write into the bucket any more.
    ///   - report: called for what cannot be taken, and from time to time with the progress.
    /// - Throws: ``CacheError``: `conflict` when the other server is at work, or its clients may still be; what the stores
    ///   and `report` throw.
    public func importDatabase(
        _ source: any ImportSource, waits: Bool, _ report: Report
    ) async throws(CacheError) -> ImportSummary {
        var progress = ImportProgress()
        let pending = try await quietUploads(source, waits: waits, report)
        let attachments = Attachments(hasLogs: true, source: source)
        try await takeClosures(of: source, attachments, &progress, report)
        try await takePins(of: source, attachments, &progress, report)
        for upload in pending {
            try checkInterruption()
            if try await take(upload, of: source) { progress.summary.uploads += 1 }
        }
        guard try await source.uploads().allSatisfy({ pending.contains($0) }) else {
            throw CacheError(
                .conflict, "The other server has begun uploads during the import; stop it and import again.")
        }
        if progress.refused.isEmpty { try await takeGarbage(of: source, &progress, report) }
        try await report(.progress(progress.summary))
        return progress.summary
    }

    /// The unfinished uploads, none of which can write any more.
    private func quietUploads(
        _ source: any ImportSource, waits: Bool, _ report: Report
    ) async throws(CacheError) -> [ForeignUpload] {
        while true {
            let pending = try await source.uploads()
            let now = try await metadata.instant()
            let end = pending.map { $0.startedAt + uploads.times.writeWindow }.max() ?? now
            guard end > now else { return pending }
            guard waits else {
                throw CacheError(
                    .conflict,
                    "Clients of the other server may still write into the bucket until \(end); stop that server, and "
                        + "import after that time, or with --wait.")
            }
            try await report(.waiting(until: end))
            // The clock of the database may be a little behind.
            var rest = end - now + .milliseconds(10)
            while rest > .zero {
                let step = min(rest, .seconds(1))
                try await uploads.pause(for: step)
                rest -= step
                try await report(.progress(ImportSummary()))
            }
        }
    }

    private func takeClosures(
        of source: any ImportSource, _ attachments: Attachments, _ progress: inout ImportProgress, _ report: Report
    ) async throws(CacheError) {
        var after = ""
        while true {
            let page = try await source.closures(after: after, limit: ImportService.page)
            guard let last = page.last else { return }
            try await take(page, attachments, &progress, report)
            after = last.key
        }
    }

    /// Takes closures over that are not there yet, with their times.
    private func take(
        _ closures: [ForeignClosure], _ attachments: Attachments, _ progress: inout ImportProgress, _ report: Report
    ) async throws(CacheError) {
        let existing = try await metadata.existingClosures(closures.map(\.key))
        progress.summary.present += Int64(existing.count)
        for chunk in closures.filter({ !existing.contains($0.key) }).chunked(group) {
            let start = try await metadata.instant()
            let taken = try await take(chunk.map(\.key), attachments, &progress, report)
            let times = Dictionary(chunk.map { ($0.key, $0.updatedAt) }, uniquingKeysWith: { first, _ in first })
            try await metadata.setClosureTimes(
                times.filter { taken.contains($0.key) }, madeFrom: start, to: try await metadata.instant())
        }
    }

    private func takePins(
        of source: any ImportSource, _ attachments: Attachments, _ progress: inout ImportProgress, _ report: Report
    ) async throws(CacheError) {
        let pins = try await source.pins()
        // A pin may keep what no closure of that name is there for any more.
        let closures = pins.map { ForeignClosure(key: $0.closure, updatedAt: $0.pin.updatedAt) }
        for chunk in closures.chunked(ImportService.page) {
            let existing = try await metadata.existingClosures(chunk.map(\.key))
            let missing = chunk.filter { !existing.contains($0.key) }
            if !missing.isEmpty { try await take(missing, attachments, &progress, report) }
        }
        for pin in pins where try await metadata.importPin(pin.pin, closure: pin.closure) {
            progress.summary.pins += 1
        }
    }

    /// Takes an unfinished upload over: a collection gives it up, with its multipart uploads.
    /// - Returns: false when it was taken before.
    private func take(_ upload: ForeignUpload, of source: any ImportSource) async throws(CacheError) -> Bool {
        let new = NewUpload(roots: upload.roots, external: [])
        guard let id = try await metadata.importUpload(new, startedAt: upload.startedAt) else { return false }
        var objects: [String: ObjectID] = [:]
        let multiparts = try await source.multiparts(of: upload)
        let wanted = Set(multiparts.map(\.key))
        var after = ""
        while true {
            let page = try await source.objects(of: upload, after: after, limit: ImportService.page)
            guard let last = page.last else { break }
            after = last.key
            let claims = page.compactMap { object in
                ObjectKey(validating: object.key).map { NewClaim(key: $0, refs: object.refs) }
            }
            // Until then a client may write, which for what was begun long ago is over.
            let window = upload.startedAt + uploads.times.writeWindow - (try await metadata.instant())
            let claimed = try await metadata.claimChunk(claims, upload: id, writeWindow: window)
            for entry in claimed?.entries ?? [] where wanted.contains(entry.key.text) {
                objects[entry.key.text] = entry.id
            }
        }
        let records = multiparts.compactMap { multipart in
            objects[multipart.key].map {
                MultipartRecord(object: $0, key: multipart.key, storeID: multipart.uploadID)
            }
        }
        for chunk in records.chunked(ImportService.page) {
            _ = try await metadata.recordMultiparts(Array(chunk), upload: id)
        }
        return true
    }

    /// Has the next collection delete what no closure reaches.
    private func takeGarbage(
        of source: any ImportSource, _ progress: inout ImportProgress, _ report: Report
    ) async throws(CacheError) {
        var after = ""
        while true {
            try checkInterruption()
            let page = try await source.objects(after: after, limit: ImportService.page)
            guard let last = page.last else { return }
            after = last.key
            let objects = page.compactMap { object in
                ObjectKey(validating: object.key).map { (key: $0, isDeleted: object.isDeleted) }
            }
            for (isDeleted, state) in [(true, ObjectState.deleting), (false, .uploading)] {
                let keys = objects.filter { $0.isDeleted == isDeleted }.map(\.key)
                progress.summary.garbage += Int64(try await metadata.adopt(keys, as: state))
            }
            try await report(.progress(progress.summary))
        }
    }
}

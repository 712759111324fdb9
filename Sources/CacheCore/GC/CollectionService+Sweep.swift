import Logging

extension CollectionService {
    /// Deletes what was condemned long enough, and what was deleting before, each object once.
    func sweep(_ job: Job, _ progress: CollectionProgress) async throws(CollectionStop) {
        var failures = 0
        for pass in SweepPass.allCases {
            var after: ObjectID? = 0
            while let last = after {
                try checkStopping()
                let request = SweepRequest(
                    pass: pass, after: last,
                    limit: min(settings.sweepBatch, uploads.objects.deletionLimit(within: times.leaseLifetime)),
                    grace: job.limits.grace,
                    force: job.limits.force, busyPeriod: times.busyPeriod)
                let batch = try await step { () throws(CacheError) in
                    try await metadata.beginSweep(request, run: job.run)
                }
                after = batch.next
                guard !batch.entries.isEmpty else { continue }
                let outcome = await delete(batch)
                failures = outcome.error == nil ? 0 : failures + 1
                progress.add(batch.entries.count - outcome.gone.count, to: \.objectsFailedToDelete)
                if !outcome.gone.isEmpty {
                    let count = try await step { () throws(CacheError) in
                        try await metadata.endSweep(batch, gone: outcome.gone, run: job.run)
                    }
                    progress.add(count, to: \.objectsDeletedAfterGracePeriod)
                }
                if let error = outcome.error, failures >= settings.failureLimit { throw .failed(CacheError(error)) }
            }
        }
    }

    /// What came of a batch.
    private struct SweepOutcome {
        /// What the object store called gone for certain.
        var gone: [ObjectID] = []
        /// Why the request failed as a whole.
        var error: ObjectStoreError?
    }

    private func delete(_ batch: SweepBatch) async -> SweepOutcome {
        let lease = Lease(signedAt: batch.instant, times: times)
        var outcome = SweepOutcome()
        do throws(ObjectStoreError) {
            let answers = try await uploads.objects.delete(batch.entries.map(\.key), lease: lease)
            for entry in batch.entries {
                // A key without an answer is not certain.
                guard let answer = answers[entry.key] else { continue }
                if let error = answer {
                    logger.warning("an object was not deleted", metadata: ["key": "\(entry.key)", "error": "\(error)"])
                } else {
                    outcome.gone.append(entry.id)
                }
            }
        } catch {
            outcome.error = error
            logger.warning(
                "a batch was not deleted", metadata: ["objects": "\(batch.entries.count)", "error": "\(error)"])
        }
        return outcome
    }

    /// Aborts multipart uploads of NARs that the object store has and no upload of ours, once they are a day old.
    ///
    /// A failure is logged: the next collection tries again.
    func abortUnregistered() async {
        do throws(CacheError) {
            let limit = try await uploads.metadata.instant() - .seconds(86_400)
            var after: MultipartPage.Marker?
            repeat {
                let marker = after
                let page = try await store { () throws(ObjectStoreError) in
                    try await uploads.objects.listMultiparts(prefix: "nar/", after: marker, limit: 1000)
                }
                let old = page.uploads.filter { $0.initiated < limit }
                    .map { MultipartPage.Marker(key: $0.key, uploadID: $0.uploadID) }
                if !old.isEmpty {
                    for upload in try await metadata.unregisteredMultiparts(old) {
                        try await store { () throws(ObjectStoreError) in
                            try await uploads.objects.abortMultipart(for: upload.key, uploadID: upload.uploadID)
                        }
                    }
                }
                after = page.next
            } while after != nil
        } catch {
            logger.warning("multipart uploads are left to the next collection", metadata: ["error": "\(error)"])
        }
    }
}

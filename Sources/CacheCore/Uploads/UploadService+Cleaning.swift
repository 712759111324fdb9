import Logging
import Synchronization

extension UploadService {
    /// Gives up open uploads that are older, and cleans up what they leave.
    ///
    /// No object is touched: what is uploading without a claim is garbage, and another upload's claim keeps it.
    /// - Parameter age: how old; 0 for all.
    /// - Returns: how many.
    @discardableResult
    public func dropUploads(olderThan age: Duration) async throws(CacheError) -> Int {
        guard age >= .zero else {
            throw CacheError(.invalidRequest, "older-than must not be negative; write it as in 6h or 30d.")
        }
        var count = 0
        while true {
            let dropped = try await metadata.dropUploads(olderThan: age, limit: 100)
            count += dropped.count
            for upload in dropped { try await releaseClaims(of: upload) }
            if dropped.count < 100 { break }
        }
        await cleanUp()
        return count
    }

    /// Finishes what others began and did not end: publishes and commits decided uploads, and cleans up finished ones.
    ///
    /// To be called at start and from time to time. What fails is logged and tried again by the next call.
    public func resume() async {
        var last = UploadID(rawValue: 0)
        do throws(CacheError) {
            while true {
                let uploads = try await metadata.publishingUploads(after: last, limit: 100)
                guard let final = uploads.last else { break }
                last = final
                for upload in uploads where !publishing.withLock({ $0.contains(upload) }) {
                    await resume(upload)
                }
            }
        } catch {
            logger.error("publishing uploads cannot be listed", metadata: ["error": "\(error)"])
        }
        await cleanUp()
    }

    private func resume(_ upload: UploadID) async {
        do throws(CacheError) {
            try await complete(upload.description)
            logger.info("an upload that was left publishing is completed", metadata: ["upload": "\(upload)"])
        } catch {
            logger.error(
                "an upload is left publishing", metadata: ["upload": "\(upload)", "error": "\(error)"])
        }
    }

    /// Deletes the claims of a finished upload, by chunks; those of a completed one not while a collection runs.
    func releaseClaims(of upload: UploadID) async throws(CacheError) {
        while try await metadata.releaseClaims(of: upload, limit: 10_000).progress == .more {}
    }

    /// Cleans up after finished uploads: claims, multipart uploads, staged texts, and at last their rows.
    func cleanUp() async {
        do throws(CacheError) {
            while true {
                let multiparts = try await metadata.multipartsToAbort(limit: 1000)
                await abort(multiparts)
                guard multiparts.count == 1000, try await metadata.multipartsToAbort(limit: 1000) != multiparts else {
                    break
                }
            }
            var last = UploadID(rawValue: 0)
            while true {
                let uploads = try await metadata.finishedUploads(
                    after: last, limit: 100, writeWindow: times.writeWindow)
                guard let final = uploads.last else { break }
                last = final.id
                for upload in uploads { await cleanUp(upload) }
            }
            try await metadata.foldStatistics()
        } catch {
            logger.warning("cleaning up is left to a later call", metadata: ["error": "\(error)"])
        }
    }

    private func cleanUp(_ upload: FinishedUpload) async {
        do throws(CacheError) {
            if upload.hasClaims { try await releaseClaims(of: upload.id) }
            guard upload.isOver else { return }
            try await emptyStaging(of: upload.id)
            _ = try await metadata.removeUpload(upload.id, writeWindow: times.writeWindow)
        } catch {
            logger.warning(
                "cleaning up an upload is left to a later call",
                metadata: ["upload": "\(upload.id)", "error": "\(error)"])
        }
    }

    private func emptyStaging(of upload: UploadID) async throws(CacheError) {
        let objects = objects
        while true {
            let page = try await store { () throws(ObjectStoreError) in
                try await objects.list(prefix: ObjectKey.stagingPrefix(upload), after: nil, limit: 1000)
            }
            if !page.objects.isEmpty { try await deleteStaged(page.objects.map(\.key)) }
            guard page.hasMore else { return }
        }
    }
}

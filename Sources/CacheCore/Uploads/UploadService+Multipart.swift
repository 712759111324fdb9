import Logging

extension UploadService {
    /// Makes URLs of more parts of a multipart upload.
    /// - Throws: ``CacheError``: `invalidRequest`; `unavailable` while the clocks disagree; `notFound` when the multipart
    ///   upload is not registered.
    public func requestParts(
        _ request: PartsRequest, origin: URLOrigin?
    ) async throws(CacheError) -> PartsResponse {
        let key = try narKey(request.objectKey, uploadID: request.uploadID)
        guard (1...MultipartPlan.maximumPartsPerRequest).contains(request.partCount) else {
            throw CacheError(
                .invalidRequest,
                "num_parts must be 1 to \(MultipartPlan.maximumPartsPerRequest), not \(request.partCount).")
        }
        guard request.startPartNumber >= 1,
            request.startPartNumber <= MultipartPlan.maximumPartNumber - request.partCount + 1
        else {
            throw CacheError(
                .invalidRequest, "Parts are numbered 1 to \(MultipartPlan.maximumPartNumber); ask for fewer.")
        }
        try clocks?.check()
        guard let registered = try await metadata.multipart(key: key, storeID: request.uploadID) else {
            throw notRegistered(request.uploadID, key)
        }
        let grant = UploadGrant(
            signedAt: registered.instant, lifetime: times.urlLifetime, origin: origin,
            maximumSize: maximumSize(of: key, narSize: registered.narSize))
        let last = request.startPartNumber + request.partCount - 1
        let urls = try await partURLs(
            request.startPartNumber...last,
            multipart: MultipartRecord(object: registered.object, key: key.text, storeID: request.uploadID),
            grant: grant)
        return PartsResponse(partURLs: urls, startPartNumber: request.startPartNumber)
    }

    /// Puts the parts of a multipart upload together.
    ///
    /// An error of the object store with the object there is success: a peer was faster, or an answer was lost.
    /// Multipart uploads that others began for the same key are given up then; their claims stay.
    /// - Throws: ``CacheError``: `invalidRequest`; `notFound` when the multipart upload is not registered.
    public func completeMultipart(_ request: CompleteMultipartRequest) async throws(CacheError) {
        let key = try narKey(request.objectKey, uploadID: request.uploadID)
        let parts = try completedParts(of: request)
        guard
            let registered = try await metadata.beginMultipartCompletion(
                key: key, storeID: request.uploadID, window: times.completionWindow)
        else { throw notRegistered(request.uploadID, key) }
        do {
            try await objects.completeMultipart(
                for: key.text, uploadID: request.uploadID, parts: parts,
                lease: Lease(signedAt: registered.instant, times: times))
        } catch {
            let size = try? await arrivedSize(of: key, narSize: registered.narSize)
            guard size != nil else { throw CacheError(error) }
        }
        let finished = MultipartRecord(object: registered.object, key: key.text, storeID: request.uploadID)
        let others = try await metadata.finishMultipart(finished)
        await abort(others)
    }

    /// Aborts multipart uploads and forgets those that are certainly gone; the others are tried again later.
    func abort(_ multiparts: [MultipartRecord]) async {
        guard !multiparts.isEmpty else { return }
        let objects = objects
        do throws(CacheError) {
            let gone = try await concurrently(multiparts, limit: settings.storeConcurrency) {
                multipart throws(CacheError) -> MultipartRecord? in
                do throws(ObjectStoreError) {
                    try await objects.abortMultipart(for: multipart.key, uploadID: multipart.storeID)
                    return multipart
                } catch {
                    return nil
                }
            }.compactMap(\.self)
            try await metadata.removeMultiparts(gone)
        } catch {
            logger.warning("multipart uploads are left to be aborted later", metadata: ["error": "\(error)"])
        }
    }

    private func narKey(_ text: String, uploadID: String) throws(CacheError) -> ObjectKey {
        guard !text.isEmpty, !uploadID.isEmpty else {
            throw CacheError(.invalidRequest, "The fields 'object_key' and 'upload_id' are both needed.")
        }
        guard let key = ObjectKey(validating: text), key.type == .nar else {
            throw CacheError(.invalidRequest, "'\(text.prefix(200))' is no NAR's key; only NARs are sent in parts.")
        }
        return key
    }

    private func completedParts(of request: CompleteMultipartRequest) throws(CacheError) -> [CompletedPart] {
        guard !request.parts.isEmpty else {
            throw CacheError(.invalidRequest, "The field 'parts' is missing; name every part that was uploaded.")
        }
        var numbers: Set<Int> = []
        var parts: [CompletedPart] = []
        for part in request.parts {
            guard (1...MultipartPlan.maximumPartNumber).contains(part.partNumber),
                numbers.insert(part.partNumber).inserted
            else {
                throw CacheError(
                    .invalidRequest,
                    "Part \(part.partNumber) is named twice or outside 1 to \(MultipartPlan.maximumPartNumber).")
            }
            var etag = part.etag[...]
            if etag.utf8.count >= 2, etag.hasPrefix("\""), etag.hasSuffix("\"") { etag = etag.dropFirst().dropLast() }
            guard !etag.isEmpty else {
                throw CacheError(.invalidRequest, "Part \(part.partNumber) has no ETag; send what its upload answered.")
            }
            parts.append(CompletedPart(partNumber: part.partNumber, etag: String(etag)))
        }
        return parts.sorted { $0.partNumber < $1.partNumber }
    }

    private func notRegistered(_ id: String, _ key: ObjectKey) -> CacheError {
        CacheError(
            .notFound,
            "The multipart upload '\(id.prefix(100))' of \(key) is not registered; look whether a peer has uploaded it."
        )
    }
}

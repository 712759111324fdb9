extension UploadService {
    private func isSinglePut(_ object: UploadObjectList.Entry) -> Bool {
        guard object.type == .nar else { return true }
        guard settings.narSinglePut, let size = object.narSize, size > 0 else { return false }
        return size <= UploadSettings.singlePutLimit
    }

    /// Begins the multipart uploads that some claims need, and records them.
    func beginMultiparts(
        _ claims: [Claim], of list: ClaimList, upload: UploadID
    ) async throws(CacheError) -> [ObjectID: MultipartRecord] {
        var begun: [ObjectID: MultipartRecord] = [:]
        let objects = objects
        let settings = settings
        for chunk in claims.filter({ !isSinglePut(list.entry(at: $0.position)) }).chunked(1000) {
            let records = try await concurrently(Array(chunk), limit: settings.storeConcurrency) {
                claim throws(CacheError) in
                let key = list.key(at: claim.position).text
                let narSize = list.entry(at: claim.position).narSize
                let id = try await store { () throws(ObjectStoreError) in
                    try await objects.beginMultipart(
                        for: key, contentType: "application/x-nix-nar",
                        maximumSize: settings.maximumUploadSize(narSize: narSize))
                }
                return MultipartRecord(object: claim.id, key: key, storeID: id)
            }
            guard try await metadata.recordMultiparts(records, upload: upload) else {
                await abort(records)
                throw .noUpload(upload)
            }
            for record in records { begun[record.object] = record }
        }
        return begun
    }

    /// Where a client is to put an object.
    /// - Parameters:
    ///   - multipart: the multipart upload that was begun for it; nil for a single PUT.
    ///   - instant: from when on the URLs are good.
    func place(
        of key: ObjectKey, narSize: Int64?, multipart: MultipartRecord?, upload: UploadID, instant: Timestamp,
        origin: URLOrigin?
    ) async throws(CacheError) -> PendingObject {
        let grant = UploadGrant(
            signedAt: instant, lifetime: times.urlLifetime, origin: origin,
            maximumSize: maximumSize(of: key, narSize: narSize))
        let objects = objects
        if let multipart {
            let count = MultipartPlan.initialPartCount(narSize: narSize)
            let urls = try await partURLs(1...count, multipart: multipart, grant: grant)
            return PendingObject(
                type: key.type, multipart: MultipartInfo(uploadID: multipart.storeID, partURLs: urls))
        }
        // Narinfos and realisations only the server writes; what clients send for them waits in staging.
        let place = key.type.isWrittenByClients ? key.text : ObjectKey.staged(key.text, upload: upload)
        let url = try await store { () throws(ObjectStoreError) in
            try await objects.presignedPut(for: place, grant: grant)
        }
        return PendingObject(type: key.type, presignedURL: url)
    }

    /// The largest body a client may put for an object, in bytes.
    func maximumSize(of key: ObjectKey, narSize: Int64?) -> Int64? {
        switch key.type {
        case .nar: settings.maximumUploadSize(narSize: narSize)
        case .listing, .buildLog: UploadSettings.maximumAttachmentSize
        case .narinfo, .realisation: UploadSettings.maximumTextSize
        }
    }

    /// URLs of some parts.
    func partURLs(
        _ numbers: ClosedRange<Int>, multipart: MultipartRecord, grant: UploadGrant
    ) async throws(CacheError) -> [String] {
        var urls: [String] = []
        urls.reserveCapacity(numbers.count)
        let objects = objects
        for number in numbers {
            urls.append(
                try await store { () throws(ObjectStoreError) in
                    try await objects.presignedPart(
                        for: multipart.key, uploadID: multipart.storeID, partNumber: number, grant: grant)
                })
        }
        return urls
    }
}

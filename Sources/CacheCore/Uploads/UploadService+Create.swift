import Logging

extension UploadService {
    /// Begins an upload: claims all objects of some closures and says what has to be uploaded.
    /// - Parameters:
    ///   - request: the closures.
    ///   - origin: how the client addresses the server, for object stores that the server speaks for.
    /// - Throws: ``CacheError``: `invalidRequest`; `busy` when an object is being deleted all the time; whatever the stores
    ///   fail with. The upload is dropped in time then.
    public func create(
        _ request: CreateUploadRequest, origin: URLOrigin?
    ) async throws(CacheError) -> CreateUploadResponse {
        let plan = try CreateUploadPlan(request, maximumNarSize: settings.maximumNarSize)
        let upload = try await metadata.beginUpload(NewUpload(roots: plan.roots, external: plan.external))
        var claims = try await claim(plan.claims, upload: upload.id)
        try await takeRegistered(&claims, upload: upload.id)
        if request.verifyS3 { try await findLost(&claims, upload: upload.id) }
        let wanted = claims.filter(\.needsUpload)
        let multiparts = try await beginMultiparts(wanted, upload: upload.id)
        var pending: [String: PendingObject] = [:]
        pending.reserveCapacity(wanted.count)
        for claim in wanted {
            pending[claim.key.text] = try await place(
                of: claim, multipart: multiparts[claim.id], upload: upload.id, origin: origin)
        }
        return CreateUploadResponse(
            id: upload.id.description, startedAt: upload.startedAt, pendingObjects: pending)
    }

    /// An object that an upload claims.
    struct Claim: Sendable {
        var key: ObjectKey
        var id: ObjectID
        var narSize: Int64?
        var decision: ClaimDecision
        var needsUpload: Bool
        var isListed: Bool
        /// The instant from which the write window was computed.
        var instant: Timestamp
    }

    /// Claims objects by chunks, and waits for those that are being deleted.
    private func claim(_ wanted: [NewClaim], upload: UploadID) async throws(CacheError) -> [Claim] {
        var claims: [Claim] = []
        claims.reserveCapacity(wanted.count)
        var rest = wanted
        var waited = Duration.zero
        while true {
            var busy: [NewClaim] = []
            for chunk in rest.chunked(10_000) {
                let chunk = Array(chunk)
                guard
                    let claimed = try await metadata.claimChunk(
                        chunk, upload: upload, writeWindow: times.writeWindow)
                else { throw .noUpload(upload) }
                for (object, entry) in zip(chunk, claimed.entries) {
                    if let id = entry.id {
                        claims.append(
                            Claim(
                                key: entry.key, id: id, narSize: object.narSize, decision: entry.decision,
                                needsUpload: entry.decision.needsUpload, isListed: object.isListed,
                                instant: claimed.instant))
                    } else if entry.decision == .wait {
                        busy.append(object)
                    } else {
                        try await metadata.dropUpload(upload)
                        throw CacheError(
                            .invalidRequest,
                            "The closure \(entry.key) is neither among the objects nor in the cache; list it too.")
                    }
                }
            }
            guard let first = busy.first else { return claims }
            guard waited < times.busyWait else {
                try await metadata.dropUpload(upload)
                throw CacheError(
                    .busy, "The object \(first.key) is just being deleted; try again in half a minute.",
                    retryAfter: .seconds(30))
            }
            try await pause(for: times.busyPoll)
            waited += times.busyPoll
            rest = busy
        }
    }

    /// Takes NARs for uploaded that an upload which was given up had sent: a client said so, and they are there.
    private func takeRegistered(_ claims: inout [Claim], upload: UploadID) async throws(CacheError) {
        let candidates = claims.filter { $0.key.type == .nar && $0.decision == .upload(isRegistered: true) }
        guard !candidates.isEmpty else { return }
        let arrivals = try await concurrently(candidates, limit: settings.storeConcurrency) {
            claim throws(CacheError) in
            try await self.arrivedSize(of: claim.key, narSize: claim.narSize).map { size in
                ObjectArrival(id: claim.id, size: size)
            }
        }.compactMap(\.self)
        guard !arrivals.isEmpty else { return }
        let live = try await metadata.markArrived(arrivals, upload: upload)
        for index in claims.indices where live.contains(claims[index].id) { claims[index].needsUpload = false }
    }

    /// Looks for what the database takes to be there; what the bucket certainly lacks is to be uploaded again.
    private func findLost(_ claims: inout [Claim], upload: UploadID) async throws(CacheError) {
        let present = claims.filter { !$0.needsUpload && $0.isListed }
        let objects = objects
        let lost = try await concurrently(present, limit: settings.storeConcurrency) { claim throws(CacheError) in
            let found = try await store { () throws(ObjectStoreError) in
                try await objects.attributes(of: claim.key.text)
            }
            return found == nil ? claim.id : nil
        }.compactMap(\.self)
        guard !lost.isEmpty else { return }
        guard let instant = try await metadata.markLost(lost, upload: upload, writeWindow: times.writeWindow) else {
            throw .noUpload(upload)
        }
        logger.warning("objects were lost from the bucket", metadata: ["count": "\(lost.count)"])
        let ids = Set(lost)
        for index in claims.indices where ids.contains(claims[index].id) {
            claims[index].needsUpload = true
            claims[index].instant = instant
        }
    }

    private func isSinglePut(_ claim: Claim) -> Bool {
        guard claim.key.type == .nar else { return true }
        guard settings.narSinglePut, let size = claim.narSize, size > 0 else { return false }
        return size <= UploadSettings.singlePutLimit
    }

    /// Begins the multipart uploads that some claims need, and records them.
    private func beginMultiparts(
        _ claims: [Claim], upload: UploadID
    ) async throws(CacheError) -> [ObjectID: MultipartRecord] {
        var begun: [ObjectID: MultipartRecord] = [:]
        let objects = objects
        let settings = settings
        for chunk in claims.filter({ !isSinglePut($0) }).chunked(1000) {
            let records = try await concurrently(Array(chunk), limit: settings.storeConcurrency) {
                claim throws(CacheError) in
                let id = try await store { () throws(ObjectStoreError) in
                    try await objects.beginMultipart(
                        for: claim.key.text, contentType: "application/x-nix-nar",
                        maximumSize: settings.maximumUploadSize(narSize: claim.narSize))
                }
                return MultipartRecord(object: claim.id, key: claim.key.text, storeID: id)
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
    private func place(
        of claim: Claim, multipart: MultipartRecord?, upload: UploadID, origin: URLOrigin?
    ) async throws(CacheError) -> PendingObject {
        let limit = maximumSize(of: claim.key, narSize: claim.narSize)
        let grant = UploadGrant(
            signedAt: claim.instant, lifetime: times.urlLifetime, origin: origin, maximumSize: limit)
        let objects = objects
        if let multipart {
            let count = MultipartPlan.initialPartCount(narSize: claim.narSize)
            let urls = try await partURLs(1...count, multipart: multipart, grant: grant)
            return PendingObject(
                type: claim.key.type, multipart: MultipartInfo(uploadID: multipart.storeID, partURLs: urls))
        }
        // Narinfos and realisations only the server writes; what clients send for them waits in staging.
        let key =
            claim.key.type.isWrittenByClients
            ? claim.key.text : ObjectKey.staged(claim.key.text, upload: upload)
        let url = try await store { () throws(ObjectStoreError) in
            try await objects.presignedPut(for: key, grant: grant)
        }
        return PendingObject(type: claim.key.type, presignedURL: url)
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

import Logging

extension UploadService {
    /// Begins an upload: claims all objects of some closures and says what has to be uploaded.
    ///
    /// The answer is built in memory. For requests of any size there is ``begin(_:origin:)``.
    /// - Parameters:
    ///   - request: the closures.
    ///   - origin: how the client addresses the server, for object stores that the server speaks for.
    /// - Throws: ``CacheError``: `invalidRequest`; `unavailable` while the clocks disagree; `busy` when an object is being
    ///   deleted all the time; whatever the stores fail with. The upload is dropped in time then.
    public func create(
        _ request: CreateUploadRequest, origin: URLOrigin?
    ) async throws(CacheError) -> CreateUploadResponse {
        try await begin(CreateUploadDraft(request), origin: origin).response()
    }

    /// Begins an upload: claims all objects of some closures.
    /// - Parameters:
    ///   - draft: the closures.
    ///   - origin: how the client addresses the server, for object stores that the server speaks for.
    /// - Returns: what has to be uploaded. All that changes anything is done; only URLs remain to be made.
    /// - Throws: ``CacheError``: `invalidRequest`; `unavailable` while the clocks disagree; `busy` when an object is being
    ///   deleted all the time; whatever the stores fail with. The upload is dropped in time then.
    public func begin(
        _ draft: consuming CreateUploadDraft, origin: URLOrigin?
    ) async throws(CacheError) -> BegunUpload {
        let verifiesObjects = draft.verifiesObjects
        let plan = try CreateUploadPlan(draft, maximumNarSize: settings.maximumNarSize)
        try clocks?.check()
        let upload = try await metadata.beginUpload(NewUpload(roots: plan.roots, external: plan.external))
        var claims = try await claim(plan.claims, upload: upload.id)
        try await takeRegistered(&claims, of: plan.claims, upload: upload.id)
        if verifiesObjects { try await findLost(&claims, of: plan.claims, upload: upload.id) }
        claims.removeAll { !$0.needsUpload }
        let multiparts = try await beginMultiparts(claims, of: plan.claims, upload: upload.id)
        onEvent(.begun(objects: plan.claims.count, wanted: claims.count))
        return BegunUpload(
            upload: upload, service: self, origin: origin, objects: plan.claims, claims: claims, multiparts: multiparts)
    }

    /// An object that an upload claims.
    struct Claim: Sendable {
        /// Where it is in the list of the upload.
        var position: Int
        var id: ObjectID
        var needsUpload: Bool
        /// Whether a client said that it has uploaded the object.
        var isRegistered: Bool
        /// The instant from which the write window was computed.
        var instant: Timestamp
    }

    /// Claims objects by chunks, and waits for those that are being deleted.
    /// - Returns: the claims, by ascending position.
    private func claim(_ objects: ClaimList, upload: UploadID) async throws(CacheError) -> [Claim] {
        var claims: [Claim] = []
        claims.reserveCapacity(objects.count)
        var rest = Array(objects.indices)
        var waited = Duration.zero
        while true {
            var busy: [Int] = []
            for positions in rest.chunked(10_000) {
                let chunk = positions.map { objects[$0] }
                guard
                    let claimed = try await metadata.claimChunk(
                        chunk, upload: upload, writeWindow: times.writeWindow)
                else { throw .noUpload(upload) }
                for (position, entry) in zip(positions, claimed.entries) {
                    if let id = entry.id {
                        claims.append(
                            Claim(
                                position: position, id: id, needsUpload: entry.decision.needsUpload,
                                isRegistered: entry.decision == .upload(isRegistered: true), instant: claimed.instant))
                    } else if entry.decision == .wait {
                        busy.append(position)
                    } else {
                        try await metadata.dropUpload(upload)
                        throw CacheError(
                            .invalidRequest,
                            "The closure \(entry.key) is neither among the objects nor in the cache; list it too.")
                    }
                }
            }
            guard let first = busy.first else { break }
            guard waited < times.busyWait else {
                try await metadata.dropUpload(upload)
                throw CacheError(
                    .busy, "The object \(objects.key(at: first)) is just being deleted; try again in half a minute.",
                    retryAfter: .seconds(30))
            }
            try await pause(for: times.busyPoll)
            waited += times.busyPoll
            rest = busy
        }
        if waited > .zero { claims.sort { $0.position < $1.position } }
        return claims
    }

    /// Takes NARs for uploaded that an upload which was given up had sent: a client said so, and they are there.
    private func takeRegistered(
        _ claims: inout [Claim], of list: ClaimList, upload: UploadID
    ) async throws(CacheError) {
        let candidates = claims.filter { $0.isRegistered && list.entry(at: $0.position).type == .nar }
        guard !candidates.isEmpty else { return }
        let arrivals = try await concurrently(candidates, limit: settings.storeConcurrency) {
            claim throws(CacheError) in
            let narSize = list.entry(at: claim.position).narSize
            return try await self.arrivedSize(of: list.key(at: claim.position), narSize: narSize).map { size in
                ObjectArrival(id: claim.id, size: size)
            }
        }.compactMap(\.self)
        guard !arrivals.isEmpty else { return }
        let live = try await metadata.markArrived(arrivals, upload: upload)
        for index in claims.indices where live.contains(claims[index].id) { claims[index].needsUpload = false }
    }

    /// Looks for what the database takes to be there; what the bucket certainly lacks is to be uploaded again.
    private func findLost(
        _ claims: inout [Claim], of list: ClaimList, upload: UploadID
    ) async throws(CacheError) {
        let present = claims.filter { !$0.needsUpload && list.entry(at: $0.position).isListed }
        let objects = objects
        let lost = try await concurrently(present, limit: settings.storeConcurrency) { claim throws(CacheError) in
            let found = try await store { () throws(ObjectStoreError) in
                try await objects.attributes(of: list.key(at: claim.position).text)
            }
            return found == nil ? claim.id : nil
        }.compactMap(\.self)
        guard !lost.isEmpty else { return }
        let found = try await metadata.markLost(
            lost, by: .absence, upload: upload, writeWindow: times.writeWindow)
        guard let instant = found else {
            throw .noUpload(upload)
        }
        logger.warning("objects were lost from the bucket", metadata: ["count": "\(lost.count)"])
        let ids = Set(lost)
        for index in claims.indices where ids.contains(claims[index].id) {
            claims[index].needsUpload = true
            claims[index].instant = instant
        }
    }
}

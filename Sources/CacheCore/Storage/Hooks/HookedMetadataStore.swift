/// A metadata store that awaits a hook before and after each transaction.
struct HookedMetadataStore: MetadataStore {
    private let base: any MetadataStore
    private let hook: any LifecycleHook

    init(_ base: any MetadataStore, hook: any LifecycleHook) {
        self.base = base
        self.hook = hook
    }

    private func around<Value>(
        _ name: String, _ subject: String, _ body: (any MetadataStore) async throws(CacheError) -> Value
    ) async throws(CacheError) -> Value {
        let step = LifecycleStep(store: .metadata, name: name, subject: subject)
        do { try await hook.willCall(step) } catch { throw .processStopped }
        let result: Result<Value, CacheError>
        do { result = .success(try await body(base)) } catch { result = .failure(error) }
        do { try await hook.didCall(step) } catch { throw .processStopped }
        return try result.get()
    }

    func beginUpload(_ upload: NewUpload) async throws(CacheError) -> StartedUpload {
        try await around("beginUpload", upload.roots.first ?? "") { base throws(CacheError) in
            try await base.beginUpload(upload)
        }
    }

    func claimChunk(
        _ objects: [NewClaim], upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> ClaimedChunk? {
        try await around("claimChunk", "\(upload)") { base throws(CacheError) in
            try await base.claimChunk(objects, upload: upload, writeWindow: writeWindow)
        }
    }

    func markLost(
        _ objects: [ObjectID], by evidence: LossEvidence, upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> Timestamp? {
        try await around("markLost", "\(upload)") { base throws(CacheError) in
            try await base.markLost(objects, by: evidence, upload: upload, writeWindow: writeWindow)
        }
    }

    func recordMultiparts(_ multiparts: [MultipartRecord], upload: UploadID) async throws(CacheError) -> Bool {
        try await around("recordMultiparts", "\(upload)") { base throws(CacheError) in
            try await base.recordMultiparts(multiparts, upload: upload)
        }
    }

    func noteUploaded(_ keys: [ObjectKey]) async throws(CacheError) -> [UploadedObject] {
        try await around("noteUploaded", keys.map(\.text).joined(separator: " ")) { base throws(CacheError) in
            try await base.noteUploaded(keys)
        }
    }

    func markArrived(_ arrivals: [ObjectArrival], upload: UploadID) async throws(CacheError) -> Set<ObjectID> {
        try await around("markArrived", "\(upload)") { base throws(CacheError) in
            try await base.markArrived(arrivals, upload: upload)
        }
    }

    func multipart(key: ObjectKey, storeID: String) async throws(CacheError) -> RegisteredMultipart? {
        try await around("multipart", key.text) { base throws(CacheError) in
            try await base.multipart(key: key, storeID: storeID)
        }
    }

    func beginMultipartCompletion(
        key: ObjectKey, storeID: String, window: Duration
    ) async throws(CacheError) -> RegisteredMultipart? {
        try await around("beginMultipartCompletion", key.text) { base throws(CacheError) in
            try await base.beginMultipartCompletion(key: key, storeID: storeID, window: window)
        }
    }

    func finishMultipart(_ multipart: MultipartRecord) async throws(CacheError) -> [MultipartRecord] {
        try await around("finishMultipart", multipart.key) { base throws(CacheError) in
            try await base.finishMultipart(multipart)
        }
    }

    func listedObjects(_ keys: [String], upload: UploadID) async throws(CacheError) -> [String: ObjectID]? {
        try await around("listedObjects", "\(upload)") { base throws(CacheError) in
            try await base.listedObjects(keys, upload: upload)
        }
    }

    func storeTexts(_ texts: [ObjectText], upload: UploadID) async throws(CacheError) -> Bool {
        try await around("storeTexts", "\(upload)") { base throws(CacheError) in
            try await base.storeTexts(texts, upload: upload)
        }
    }

    func upload(_ id: UploadID) async throws(CacheError) -> StartedUpload? {
        try await around("upload", "\(id)") { base throws(CacheError) in
            try await base.upload(id)
        }
    }

    func unfinishedObjects(
        of upload: UploadID, after: ObjectID, limit: Int
    ) async throws(CacheError) -> [UnfinishedObject] {
        try await around("unfinishedObjects", "\(upload)") { base throws(CacheError) in
            try await base.unfinishedObjects(of: upload, after: after, limit: limit)
        }
    }

    func borrowTexts(for objects: [ObjectID], upload: UploadID) async throws(CacheError) -> [ObjectID: [UploadID]] {
        try await around("borrowTexts", "\(upload)") { base throws(CacheError) in
            try await base.borrowTexts(for: objects, upload: upload)
        }
    }

    func decide(_ request: CompletionRequest) async throws(CacheError) -> CompletionOutcome {
        try await around("decide", "\(request.upload)") { base throws(CacheError) in
            try await base.decide(request)
        }
    }

    func renewBusy(
        _ objects: [ObjectID], upload: UploadID, busyPeriod: Duration
    ) async throws(CacheError) -> PublishLease? {
        try await around("renewBusy", "\(upload)") { base throws(CacheError) in
            try await base.renewBusy(objects, upload: upload, busyPeriod: busyPeriod)
        }
    }

    func commit(_ upload: UploadID, published: [ObjectID: BusyPeriod]) async throws(CacheError) -> Bool {
        try await around("commit", "\(upload)") { base throws(CacheError) in
            try await base.commit(upload, published: published)
        }
    }

    func releaseClaims(of upload: UploadID, limit: Int) async throws(CacheError) -> ClaimRelease {
        try await around("releaseClaims", "\(upload)") { base throws(CacheError) in
            try await base.releaseClaims(of: upload, limit: limit)
        }
    }

    func dropUpload(_ upload: UploadID) async throws(CacheError) {
        try await around("dropUpload", "\(upload)") { base throws(CacheError) in
            try await base.dropUpload(upload)
        }
    }

    func dropUploads(olderThan age: Duration, limit: Int) async throws(CacheError) -> [UploadID] {
        try await around("dropUploads", "") { base throws(CacheError) in
            try await base.dropUploads(olderThan: age, limit: limit)
        }
    }

    func publishingUploads(after: UploadID, limit: Int) async throws(CacheError) -> [UploadID] {
        try await around("publishingUploads", "") { base throws(CacheError) in
            try await base.publishingUploads(after: after, limit: limit)
        }
    }

    func finishedUploads(
        after: UploadID, limit: Int, writeWindow: Duration
    ) async throws(CacheError) -> [FinishedUpload] {
        try await around("finishedUploads", "") { base throws(CacheError) in
            try await base.finishedUploads(after: after, limit: limit, writeWindow: writeWindow)
        }
    }

    func multipartsToAbort(limit: Int) async throws(CacheError) -> [MultipartRecord] {
        try await around("multipartsToAbort", "") { base throws(CacheError) in
            try await base.multipartsToAbort(limit: limit)
        }
    }

    func removeMultiparts(_ multiparts: [MultipartRecord]) async throws(CacheError) {
        try await around("removeMultiparts", "") { base throws(CacheError) in
            try await base.removeMultiparts(multiparts)
        }
    }

    func removeUpload(_ upload: UploadID, writeWindow: Duration) async throws(CacheError) -> Bool {
        try await around("removeUpload", "\(upload)") { base throws(CacheError) in
            try await base.removeUpload(upload, writeWindow: writeWindow)
        }
    }

    func foldStatistics() async throws(CacheError) {
        try await around("foldStatistics", "") { base throws(CacheError) in
            try await base.foldStatistics()
        }
    }

    func takeLead(of farm: FarmID, holder: String, times: FarmLeadTimes) async throws(CacheError) -> Bool {
        try await around("takeLead", farm.text) { base throws(CacheError) in
            try await base.takeLead(of: farm, holder: holder, times: times)
        }
    }

    func releaseLead(of farm: FarmID, holder: String) async throws(CacheError) {
        try await around("releaseLead", farm.text) { base throws(CacheError) in
            try await base.releaseLead(of: farm, holder: holder)
        }
    }

    func touchClosures(_ keys: [String]) async throws(CacheError) -> [String] {
        try await around("touchClosures", "") { base throws(CacheError) in
            try await base.touchClosures(keys)
        }
    }

    func closure(_ key: String) async throws(CacheError) -> ClosureContents? {
        try await around("closure", key) { base throws(CacheError) in
            try await base.closure(key)
        }
    }

    func statistics() async throws(CacheError) -> StoreStatistics {
        try await around("statistics", "") { base throws(CacheError) in
            try await base.statistics()
        }
    }

    func instant() async throws(CacheError) -> Timestamp {
        try await around("instant", "") { base throws(CacheError) in
            try await base.instant()
        }
    }

    func ping() async throws(CacheError) {
        try await around("ping", "") { base throws(CacheError) in
            try await base.ping()
        }
    }
}

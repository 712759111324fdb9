/// What the cache knows about its objects, closures and uploads.
///
/// Each method is one transaction of the lifecycle: it changes all or nothing, takes time only from the store's clock,
/// and is durable when it returns. Several servers may share a store. Methods throw ``CacheError`` of code
/// `unavailable`, `insufficientStorage` or `internal` when the store itself fails; what the lifecycle provides for is a
/// return value.
public protocol MetadataStore: Sendable {
    // MARK: Creating

    /// Inserts an open upload.
    func beginUpload(_ upload: NewUpload) async throws(CacheError) -> StartedUpload

    /// Claims objects for an open upload and decides about each, by ``ClaimDecision``.
    ///
    /// Absent objects are inserted as uploading, condemned ones become live, deleting ones that are not busy become
    /// uploading with empty refs. What clients are to upload can be written until `instant + writeWindow`.
    /// - Parameters:
    ///   - objects: at most 10,000, sorted by key, each key once.
    ///   - upload: the upload that claims them.
    ///   - writeWindow: for how long clients can write them.
    /// - Returns: nil when the upload is not open.
    func claimChunk(
        _ objects: [NewClaim], upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> ClaimedChunk?

    /// Sets live objects that an open upload claims, and that were found lost, to uploading.
    /// - Parameters:
    ///   - objects: what was found lost.
    ///   - evidence: by what they were found lost; it is looked at again where the database can tell.
    ///   - upload: the upload that claims them.
    ///   - writeWindow: for how long clients can write them.
    /// - Returns: the instant from which their write windows were computed; nil when the upload is not open.
    func markLost(
        _ objects: [ObjectID], by evidence: LossEvidence, upload: UploadID, writeWindow: Duration
    ) async throws(CacheError) -> Timestamp?

    /// Records multipart uploads that were begun for an open upload.
    /// - Returns: false when the upload is not open; nothing is recorded then.
    func recordMultiparts(_ multiparts: [MultipartRecord], upload: UploadID) async throws(CacheError) -> Bool

    // MARK: Uploading

    /// Notes that a client says it uploaded objects that open uploads list.
    ///
    /// The note stays with an object while it is uploading, also when the upload is given up.
    /// - Returns: a claim on each object, in no order; none on those that no open upload lists.
    func noteUploaded(_ keys: [ObjectKey]) async throws(CacheError) -> [UploadedObject]

    /// Makes uploading objects live that were seen in the bucket, where the same upload still claims them.
    /// - Returns: which of the objects are live now.
    func markArrived(_ arrivals: [ObjectArrival], upload: UploadID) async throws(CacheError) -> Set<ObjectID>

    /// Looks for a multipart upload of an open upload.
    func multipart(key: ObjectKey, storeID: String) async throws(CacheError) -> RegisteredMultipart?

    /// Announces that a multipart upload is about to be completed: its object can be written until
    /// `instant + window`, and is noted as uploaded.
    /// - Returns: nil when it is not registered with an open upload.
    func beginMultipartCompletion(
        key: ObjectKey, storeID: String, window: Duration
    ) async throws(CacheError) -> RegisteredMultipart?

    /// Forgets a multipart upload that was completed.
    /// - Returns: those that others began for the same key; they are to be aborted from now on.
    func finishMultipart(_ multipart: MultipartRecord) async throws(CacheError) -> [MultipartRecord]

    // MARK: Signing

    /// Looks up which of some keys an open upload lists.
    /// - Returns: the objects by key; nil when the upload is not open.
    func listedObjects(_ keys: [String], upload: UploadID) async throws(CacheError) -> [String: ObjectID]?

    /// Keeps texts with claims of an open upload; a text given before is replaced.
    /// - Returns: false when the upload is not open.
    func storeTexts(_ texts: [ObjectText], upload: UploadID) async throws(CacheError) -> Bool

    // MARK: Completing

    /// Looks an upload up.
    func upload(_ id: UploadID) async throws(CacheError) -> StartedUpload?

    /// The listed objects of an upload that are not live, by ascending number.
    /// - Parameters:
    ///   - upload: the upload that lists them.
    ///   - after: only objects with a higher number.
    ///   - limit: at most so many.
    func unfinishedObjects(
        of upload: UploadID, after: ObjectID, limit: Int
    ) async throws(CacheError) -> [UnfinishedObject]

    /// Takes over texts that other uploads hold for objects this one has none for.
    /// - Returns: for the objects that still have none, the other uploads that claim them, newest first.
    func borrowTexts(for objects: [ObjectID], upload: UploadID) async throws(CacheError) -> [ObjectID: [UploadID]]

    /// Decides about an upload by ``CompletionDecision``, and commits it when there is nothing to publish.
    ///
    /// Of what it lists and only another upload is publishing it takes the text, to publish it as well.
    func decide(_ request: CompletionRequest) async throws(CacheError) -> CompletionOutcome

    /// Makes objects that a publishing upload has to write busy until `instant + busyPeriod`, or a little longer.
    /// - Parameters:
    ///   - objects: at most 1,000.
    ///   - upload: the upload that writes them.
    ///   - busyPeriod: for how long it may write.
    /// - Returns: leave to write them; nil when the upload is not publishing.
    func renewBusy(
        _ objects: [ObjectID], upload: UploadID, busyPeriod: Duration
    ) async throws(CacheError) -> PublishLease?

    /// Commits a publishing upload. What it wrote is busy no longer than it was before.
    /// - Parameters:
    ///   - upload: the upload.
    ///   - published: what the caller itself wrote, each with the store's certain answer, and the busy period of the
    ///     request that was answered.
    /// - Returns: true when the upload is completed; false when something is neither live nor published.
    func commit(_ upload: UploadID, published: [ObjectID: BusyPeriod]) async throws(CacheError) -> Bool

    /// Deletes claims, at most `limit`, and texts of a finished upload; those of a completed one only while no collection
    /// is under way.
    func releaseClaims(of upload: UploadID, limit: Int) async throws(CacheError) -> ClaimRelease

    // MARK: Giving up and cleaning

    /// Drops one upload if it is open.
    func dropUpload(_ upload: UploadID) async throws(CacheError)

    /// Drops open uploads that are older.
    /// - Returns: the dropped ones, at most `limit`.
    func dropUploads(olderThan age: Duration, limit: Int) async throws(CacheError) -> [UploadID]

    /// The uploads that are publishing, by ascending number.
    func publishingUploads(after: UploadID, limit: Int) async throws(CacheError) -> [UploadID]

    /// Uploads that are completed or dropped, by ascending number.
    /// - Parameters:
    ///   - after: only uploads with a higher number.
    ///   - limit: at most so many.
    ///   - writeWindow: after this long since its start an upload is over.
    func finishedUploads(
        after: UploadID, limit: Int, writeWindow: Duration
    ) async throws(CacheError) -> [FinishedUpload]

    /// Multipart uploads that nobody needs any more: of finished uploads, and of keys that another one completed.
    func multipartsToAbort(limit: Int) async throws(CacheError) -> [MultipartRecord]

    /// Forgets multipart uploads that are certainly gone.
    func removeMultiparts(_ multiparts: [MultipartRecord]) async throws(CacheError)

    /// Deletes the row of a finished upload that is over and has neither claims nor multipart uploads.
    /// - Returns: whether it is gone.
    func removeUpload(_ upload: UploadID, writeWindow: Duration) async throws(CacheError) -> Bool

    /// Adds the appended differences of the statistics up.
    func foldStatistics() async throws(CacheError)

    // MARK: Build farms

    /// Takes or renews the lead of a build farm, by ``FarmLead/decide(current:holder:at:times:)``.
    /// - Parameters:
    ///   - farm: the build farm.
    ///   - holder: names whoever asks, as nobody else ever does.
    ///   - times: how long a lead lasts, and after what its holder must have noticed.
    /// - Returns: whether the holder leads.
    func takeLead(of farm: FarmID, holder: String, times: FarmLeadTimes) async throws(CacheError) -> Bool

    /// Gives the lead of a build farm up where the holder has it: it has expired from now on.
    func releaseLead(of farm: FarmID, holder: String) async throws(CacheError)

    // MARK: Reading

    /// Which of some keys are roots; their times are set to now.
    func touchClosures(_ keys: [String]) async throws(CacheError) -> [String]

    /// A root with all it keeps; nil when there is none.
    func closure(_ key: String) async throws(CacheError) -> ClosureContents?

    /// The counts.
    func statistics() async throws(CacheError) -> StoreStatistics

    /// The store's clock.
    func instant() async throws(CacheError) -> Timestamp

    /// Checks that the store answers.
    func ping() async throws(CacheError)
}

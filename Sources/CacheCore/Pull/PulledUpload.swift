/// A NAR of another cache on its way into the bucket.
///
/// Nothing of it is visible before ``finish()``. Whoever does not finish it gives it up.
public struct PulledUpload: Sendable {
    let service: PullService
    package let upload: UploadID
    let narKey: ObjectKey
    /// The instant from which the NAR can be written.
    var instant: Timestamp
    var nar: ObjectID = 0
    /// What has to be published; nil where the narinfo is there already.
    var text: ObjectText?
    /// Whether the bucket lacks the NAR: else what is appended is not looked at.
    public internal(set) var needsNar = true

    private var buffer: [UInt8] = []
    private var multipart: MultipartRecord?
    private var parts: [CompletedPart] = []

    init(service: PullService, upload: UploadID, narKey: ObjectKey, instant: Timestamp) {
        self.service = service
        self.upload = upload
        self.narKey = narKey
        self.instant = instant
    }

    private var uploads: UploadService { service.uploads }

    /// Takes the next bytes of the NAR, and sends a part when there are enough.
    /// - Throws: ``CacheError`` when a store fails.
    public mutating func append(_ bytes: [UInt8]) async throws(CacheError) {
        guard needsNar else { return }
        var rest = bytes[...]
        while buffer.count + rest.count > service.partSize {
            let head = rest.prefix(service.partSize - buffer.count)
            buffer += head
            rest = rest.dropFirst(head.count)
            try await sendPart()
        }
        if buffer.isEmpty { buffer.reserveCapacity(min(service.partSize, 4 * rest.count)) }
        buffer += rest
    }

    private mutating func sendPart() async throws(CacheError) {
        let multipart = try await begunMultipart()
        let (objects, number) = (uploads.objects, parts.count + 1)
        var part: [UInt8] = []
        swap(&part, &buffer)
        let bytes = part
        parts.append(
            try await store { () throws(ObjectStoreError) in
                try await objects.putPart(
                    bytes, of: multipart.key, uploadID: multipart.storeID, partNumber: number)
            })
    }

    private mutating func begunMultipart() async throws(CacheError) -> MultipartRecord {
        if let multipart { return multipart }
        let (objects, key) = (uploads.objects, narKey)
        let id = try await store { () throws(ObjectStoreError) in
            try await objects.beginMultipart(for: key.text, contentType: key.contentType, maximumSize: nil)
        }
        let record = MultipartRecord(object: nar, key: key.text, storeID: id)
        guard try await uploads.metadata.recordMultiparts([record], upload: upload) else {
            await uploads.abort([record])
            throw .noUpload(upload)
        }
        multipart = record
        return record
    }

    /// Sends the rest of the NAR, which has been compared with its narinfo, and publishes the narinfo.
    /// - Throws: ``CacheError`` when a store fails. The upload is to be given up then.
    public mutating func finish() async throws(CacheError) {
        if needsNar { try await finishNar() }
        if let text { try await uploads.keep([text], upload: upload) }
        try await uploads.complete(upload.description)
    }

    private mutating func finishNar() async throws(CacheError) {
        if let multipart {
            if !buffer.isEmpty { try await sendPart() }
            try await uploads.completeMultipart(
                CompleteMultipartRequest(
                    objectKey: narKey.text, uploadID: multipart.storeID,
                    parts: parts.map { .init(partNumber: $0.partNumber, etag: $0.etag) }))
        } else {
            let (objects, key, bytes) = (uploads.objects, narKey, buffer)
            buffer = []
            // As a client's: it can take effect until the row no longer waits for it.
            let lease = Lease(signedAt: instant, validUntil: instant + uploads.times.urlLifetime)
            for attempt in 1... {
                do throws(ObjectStoreError) {
                    return try await objects.put(
                        bytes, to: key.text, contentType: key.contentType, contentEncoding: nil, lease: lease)
                } catch {
                    guard error.isRetryable, attempt < PulledUpload.attempts else { throw CacheError(error) }
                }
                try await uploads.pause(for: .milliseconds(100 << attempt))
            }
        }
    }

    /// How often a NAR is sent at most.
    private static let attempts = 4

    /// Gives it up: nothing stays of it.
    public func abandon() async {
        await uploads.giveUp(upload)
        if let multipart { await uploads.abort([multipart]) }
    }
}

/// Where the bytes are: an S3 bucket, or a directory that behaves like one.
///
/// A store reads its own writes and deletes. Every method may be called from many tasks at once; none is called while
/// a lock of the metadata store is held.
public protocol ObjectStore: Sendable {
    /// Looks for an object (HEAD).
    /// - Returns: its attributes, or nil when it is certainly absent.
    func attributes(of key: String) async throws(ObjectStoreError) -> ObjectAttributes?

    /// Reads an object (GET).
    /// - Parameters:
    ///   - key: the key of the object.
    ///   - range: which bytes; nil for all. A range past the end gives an empty ``ObjectContent/range``.
    /// - Returns: the bytes, or nil when the object is certainly absent.
    func content(of key: String, range: ByteRange?) async throws(ObjectStoreError) -> ObjectContent?

    /// Reads an object unless the reader has it already (conditional GET), in one request.
    ///
    /// A store that does not know the condition gives the content.
    /// - Parameters:
    ///   - key: the key of the object.
    ///   - range: which bytes; nil for all.
    ///   - condition: what the reader has; nil for nothing.
    /// - Returns: nil when the object is certainly absent.
    func content(
        of key: String, range: ByteRange?, unless condition: ReadCondition?
    ) async throws(ObjectStoreError) -> ConditionalContent?

    /// Writes an object whole; nothing is visible before.
    /// - Parameters:
    ///   - bytes: all of the object.
    ///   - key: the key of the object.
    ///   - contentType: the media type that readers are told.
    ///   - contentEncoding: how `bytes` are compressed, as readers are told; nil where they are not.
    ///   - lease: after its end the write must not take effect.
    func put(
        _ bytes: [UInt8], to key: String, contentType: String, contentEncoding: String?, lease: Lease
    ) async throws(ObjectStoreError)

    /// Deletes objects.
    /// - Parameters:
    ///   - keys: at most 1,000.
    ///   - lease: after its end no delete must take effect.
    /// - Returns: for each key nil when it is certainly gone (also when it never was), else why not.
    func delete(_ keys: [String], lease: Lease) async throws(ObjectStoreError) -> [String: ObjectStoreError?]

    /// How many objects one call of ``delete(_:lease:)`` should be given at present, so that it ends in time.
    /// - Parameter time: the life of the lease.
    /// - Returns: 1 to 1,000.
    func deletionLimit(within time: Duration) -> Int

    /// Lists objects in byte order of their keys.
    /// - Parameters:
    ///   - prefix: what the keys begin with.
    ///   - after: only keys after this one.
    ///   - limit: at most so many, 1 to 1,000.
    func list(prefix: String, after: String?, limit: Int) async throws(ObjectStoreError) -> ObjectPage

    /// Makes a URL by which anybody can GET an object from the store itself, from now on. It is not looked for.
    /// - Returns: nil where clients cannot reach the store.
    func presignedGet(for key: String, lifetime: Duration) async throws(ObjectStoreError) -> String?

    /// Makes a URL by which a client can PUT an object.
    func presignedPut(for key: String, grant: UploadGrant) async throws(ObjectStoreError) -> String

    /// Begins a multipart upload.
    /// - Parameters:
    ///   - key: the key of the object.
    ///   - contentType: the media type that readers are told.
    ///   - maximumSize: the largest sum of all parts in bytes, where the store can enforce it.
    /// - Returns: the store's id for it.
    func beginMultipart(
        for key: String, contentType: String, maximumSize: Int64?
    ) async throws(ObjectStoreError) -> String

    /// Makes a URL by which a client can PUT a part.
    /// - Parameters:
    ///   - key: the key of the object.
    ///   - uploadID: the store's id for the multipart upload.
    ///   - partNumber: 1 to 10,000.
    ///   - grant: what the client may do, and until when.
    func presignedPart(
        for key: String, uploadID: String, partNumber: Int, grant: UploadGrant
    ) async throws(ObjectStoreError) -> String

    /// Writes a part that the server itself sends, whole.
    ///
    /// It has an effect only once the parts are put together, and needs no lease.
    /// - Parameters:
    ///   - bytes: all of the part.
    ///   - key: the key of the object.
    ///   - uploadID: the store's id for the multipart upload.
    ///   - partNumber: 1 to 10,000. All parts but the last have at least 5 MiB.
    func putPart(
        _ bytes: [UInt8], of key: String, uploadID: String, partNumber: Int
    ) async throws(ObjectStoreError) -> CompletedPart

    /// Puts the parts together; the object is visible from then on.
    /// - Parameters:
    ///   - key: the key of the object.
    ///   - uploadID: the store's id for the multipart upload.
    ///   - parts: in ascending order of their numbers.
    ///   - lease: when the request may begin to have an effect; to put many parts together takes longer.
    func completeMultipart(
        for key: String, uploadID: String, parts: [CompletedPart], lease: Lease
    ) async throws(ObjectStoreError)

    /// Gives a multipart upload up. One that is unknown is no error.
    func abortMultipart(for key: String, uploadID: String) async throws(ObjectStoreError)

    /// Lists the parts that a multipart upload has.
    /// - Parameters:
    ///   - key: the key of the object.
    ///   - uploadID: the store's id for the multipart upload.
    ///   - after: only parts with a higher number; nil for the first ones.
    ///   - limit: at most so many.
    func listParts(
        for key: String, uploadID: String, after: Int?, limit: Int
    ) async throws(ObjectStoreError) -> PartPage

    /// Lists the multipart uploads that are under way.
    func listMultiparts(
        prefix: String, after: MultipartPage.Marker?, limit: Int
    ) async throws(ObjectStoreError) -> MultipartPage

    /// Checks that the store answers and lets us in.
    func check() async throws(ObjectStoreError)

    /// The time on the store's own clock, cut to whole seconds.
    /// - Returns: nil when the store has no clock of its own, or does not say it.
    func serviceTime() async throws(ObjectStoreError) -> Timestamp?
}

extension ObjectStore {
    /// Reads an object whatever the reader has.
    public func content(
        of key: String, range: ByteRange?, unless condition: ReadCondition?
    ) async throws(ObjectStoreError) -> ConditionalContent? {
        try await content(of: key, range: range).map { .content($0) }
    }

    /// Nil: clients reach the store through the server only.
    public func presignedGet(for key: String, lifetime: Duration) async throws(ObjectStoreError) -> String? { nil }

    /// 1,000: the store is not slowed down by anybody.
    public func deletionLimit(within time: Duration) -> Int { 1000 }

    /// Nil: the store has no clock of its own.
    public func serviceTime() async throws(ObjectStoreError) -> Timestamp? { nil }
}

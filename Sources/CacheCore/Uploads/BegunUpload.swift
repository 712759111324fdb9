/// An upload that was begun: what has to be uploaded, with URLs that are made when they are asked for.
public struct BegunUpload: Sendable {
    /// The upload.
    public let upload: StartedUpload

    let service: UploadService
    let origin: URLOrigin?
    let objects: ClaimList
    /// What has to be uploaded, by ascending position in the list.
    let claims: [UploadService.Claim]
    let multiparts: [ObjectID: MultipartRecord]

    /// How many objects have to be uploaded.
    public var count: Int { claims.count }

    /// Says where an object is to be put.
    /// - Parameter index: 0 ..< ``count``; the objects are in the order of their keys.
    /// - Throws: ``CacheError`` when the object store can make no URL.
    public func pendingObject(_ index: Int) async throws(CacheError) -> (key: ObjectKey, place: PendingObject) {
        let claim = claims[index]
        let key = objects.key(at: claim.position)
        // What is staged goes with the upload's row, a while after the upload began: a server that was suspended before it
        // claimed must not give out URLs that live longer than that.
        let instant = key.type.isWrittenByClients ? claim.instant : upload.startedAt
        let place = try await service.place(
            of: key, narSize: objects.entry(at: claim.position).narSize, multipart: multiparts[claim.id],
            upload: upload.id, instant: instant, origin: origin)
        return (key, place)
    }

    /// The whole answer, in memory.
    /// - Throws: ``CacheError`` when the object store can make no URL.
    public func response() async throws(CacheError) -> CreateUploadResponse {
        var pending: [String: PendingObject] = [:]
        pending.reserveCapacity(count)
        for index in 0..<count {
            let (key, place) = try await pendingObject(index)
            pending[key.text] = place
        }
        return CreateUploadResponse(
            id: upload.id.description, startedAt: upload.startedAt, pendingObjects: pending)
    }

    /// The JSON text of the answer, written as it is taken.
    public var text: CreateUploadText { CreateUploadText(self) }
}

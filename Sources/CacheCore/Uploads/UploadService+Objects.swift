extension UploadService {
    /// Whether the bucket has an object. Keys that no object can have are not there.
    public func objectExists(_ key: String) async throws(CacheError) -> Bool {
        guard let key = ObjectKey(validating: key) else { return false }
        let objects = objects
        let found = try await store { () throws(ObjectStoreError) in try await objects.attributes(of: key.text) }
        return found != nil
    }

    /// Takes note that a client's single PUT was answered, so that it counts even if the upload is given up.
    /// - Throws: ``CacheError`` of code `notFound` when no open upload lists the key.
    public func uploadCompleted(_ key: String) async throws(CacheError) {
        let key = try ObjectKey(key)
        guard let uploaded = try await metadata.noteUploaded([key]).first else {
            throw CacheError(.notFound, "No open upload lists the object \(key).")
        }
        guard key.type.isWrittenByClients, uploaded.state == .uploading,
            let size = try await arrivedSize(of: key, narSize: uploaded.narSize)
        else { return }
        let arrival = ObjectArrival(id: uploaded.object, size: size)
        _ = try await metadata.markArrived([arrival], upload: uploaded.upload)
    }

    /// Takes note that the PUTs of some NARs were answered, so that a later upload looks for them before it sends them.
    ///
    /// Unlike ``uploadCompleted(_:)`` it does not look into the bucket, and so costs one transaction for all of them.
    /// - Returns: the keys that were noted; those of other objects, and those that no open upload lists, are left out.
    /// - Throws: ``CacheError`` of code `invalidRequest` for a key that no object can have; then nothing is noted.
    public func narsUploaded(_ keys: [String]) async throws(CacheError) -> [String] {
        var nars: [ObjectKey] = []
        for key in Set(keys).sorted() {
            let key = try ObjectKey(key)
            if key.type == .nar { nars.append(key) }
        }
        var noted: [String] = []
        for chunk in nars.chunked(1000) {
            noted += try await metadata.noteUploaded(Array(chunk)).map(\.key.text)
        }
        return noted.sorted()
    }

    /// Which of some keys are roots of closures. They are touched, so that a collection under way does not take them.
    public func present(_ keys: [String]) async throws(CacheError) -> [String] {
        var found: [String] = []
        let wanted = Set(keys).filter { ObjectKey(validating: $0)?.type == .narinfo }.sorted()
        for chunk in wanted.chunked(10_000) {
            found += try await metadata.touchClosures(Array(chunk))
        }
        return found
    }

    /// A closure with the sorted keys of all objects it keeps; nil when there is none.
    public func closure(_ key: String) async throws(CacheError) -> ClosureResponse? {
        guard ObjectKey(validating: key)?.type == .narinfo, let closure = try await metadata.closure(key) else {
            return nil
        }
        return ClosureResponse(id: closure.key, updatedAt: closure.updatedAt, objects: closure.objects)
    }

    /// What the cache holds.
    public func statistics() async throws(CacheError) -> CacheStatistics {
        let counts = try await metadata.statistics()
        return CacheStatistics(objects: counts.objects, logicalBytes: counts.bytes)
    }

    /// What the cache holds, and how many uploads are open or publishing.
    public func counts() async throws(CacheError) -> StoreStatistics {
        try await metadata.statistics()
    }

    /// How many uploads are open or publishing.
    public func pendingUploads() async throws(CacheError) -> Int64 {
        try await counts().pendingUploads
    }
}

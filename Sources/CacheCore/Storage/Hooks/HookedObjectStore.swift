/// An object store that awaits a hook before and after each call.
struct HookedObjectStore: ObjectStore {
    private let base: any ObjectStore
    private let hook: any LifecycleHook

    init(_ base: any ObjectStore, hook: any LifecycleHook) {
        self.base = base
        self.hook = hook
    }

    private func around<Value>(
        _ name: String, _ subject: String, _ body: (any ObjectStore) async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let step = LifecycleStep(store: .objects, name: name, subject: subject)
        do { try await hook.willCall(step) } catch { throw Self.stopped }
        let result: Result<Value, ObjectStoreError>
        do { result = .success(try await body(base)) } catch { result = .failure(error) }
        do { try await hook.didCall(step) } catch { throw Self.stopped }
        return try result.get()
    }

    private static let stopped = ObjectStoreError(.other, "The process was stopped.")

    func attributes(of key: String) async throws(ObjectStoreError) -> ObjectAttributes? {
        try await around("attributes", key) { base throws(ObjectStoreError) in try await base.attributes(of: key) }
    }

    func content(of key: String, range: ByteRange?) async throws(ObjectStoreError) -> ObjectContent? {
        try await around("content", key) { base throws(ObjectStoreError) in
            try await base.content(of: key, range: range)
        }
    }

    func content(
        of key: String, range: ByteRange?, unless condition: ReadCondition?
    ) async throws(ObjectStoreError) -> ConditionalContent? {
        try await around("content", key) { base throws(ObjectStoreError) in
            try await base.content(of: key, range: range, unless: condition)
        }
    }

    func put(
        _ bytes: [UInt8], to key: String, contentType: String, contentEncoding: String?, lease: Lease
    ) async throws(ObjectStoreError) {
        try await around("put", key) { base throws(ObjectStoreError) in
            try await base.put(
                bytes, to: key, contentType: contentType, contentEncoding: contentEncoding, lease: lease)
        }
    }

    func delete(_ keys: [String], lease: Lease) async throws(ObjectStoreError) -> [String: ObjectStoreError?] {
        try await around("delete", keys.first ?? "") { base throws(ObjectStoreError) in
            try await base.delete(keys, lease: lease)
        }
    }

    /// Asking this touches nothing, so it is no step.
    func deletionLimit(within time: Duration) -> Int { base.deletionLimit(within: time) }

    func list(prefix: String, after: String?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await around("list", prefix) { base throws(ObjectStoreError) in
            try await base.list(prefix: prefix, after: after, limit: limit)
        }
    }

    /// Signing a URL touches nothing, so it is no step.
    func presignedGet(for key: String, lifetime: Duration) async throws(ObjectStoreError) -> String? {
        try await base.presignedGet(for: key, lifetime: lifetime)
    }

    /// Signing a URL touches nothing, so it is no step.
    func presignedPut(for key: String, grant: UploadGrant) async throws(ObjectStoreError) -> String {
        try await base.presignedPut(for: key, grant: grant)
    }

    func beginMultipart(
        for key: String, contentType: String, maximumSize: Int64?
    ) async throws(ObjectStoreError) -> String {
        try await around("beginMultipart", key) { base throws(ObjectStoreError) in
            try await base.beginMultipart(for: key, contentType: contentType, maximumSize: maximumSize)
        }
    }

    func presignedPart(
        for key: String, uploadID: String, partNumber: Int, grant: UploadGrant
    ) async throws(ObjectStoreError) -> String {
        try await base.presignedPart(for: key, uploadID: uploadID, partNumber: partNumber, grant: grant)
    }

    func putPart(
        _ bytes: [UInt8], of key: String, uploadID: String, partNumber: Int
    ) async throws(ObjectStoreError) -> CompletedPart {
        try await around("putPart", key) { base throws(ObjectStoreError) in
            try await base.putPart(bytes, of: key, uploadID: uploadID, partNumber: partNumber)
        }
    }

    func completeMultipart(
        for key: String, uploadID: String, parts: [CompletedPart], lease: Lease
    ) async throws(ObjectStoreError) {
        try await around("completeMultipart", key) { base throws(ObjectStoreError) in
            try await base.completeMultipart(for: key, uploadID: uploadID, parts: parts, lease: lease)
        }
    }

    func abortMultipart(for key: String, uploadID: String) async throws(ObjectStoreError) {
        try await around("abortMultipart", key) { base throws(ObjectStoreError) in
            try await base.abortMultipart(for: key, uploadID: uploadID)
        }
    }

    func listParts(
        for key: String, uploadID: String, after: Int?, limit: Int
    ) async throws(ObjectStoreError) -> PartPage {
        try await around("listParts", key) { base throws(ObjectStoreError) in
            try await base.listParts(for: key, uploadID: uploadID, after: after, limit: limit)
        }
    }

    func listMultiparts(
        prefix: String, after: MultipartPage.Marker?, limit: Int
    ) async throws(ObjectStoreError) -> MultipartPage {
        try await around("listMultiparts", prefix) { base throws(ObjectStoreError) in
            try await base.listMultiparts(prefix: prefix, after: after, limit: limit)
        }
    }

    func check() async throws(ObjectStoreError) {
        try await around("check", "") { base throws(ObjectStoreError) in try await base.check() }
    }

    func serviceTime() async throws(ObjectStoreError) -> Timestamp? {
        try await around("serviceTime", "") { base throws(ObjectStoreError) in try await base.serviceTime() }
    }
}

import CacheCore

/// Passes calls on to an object store, and tells which keys they have changed, or may have changed when they failed.
///
/// What clients write with presigned URLs is not told of; they write no narinfos.
struct ChangeNotifyingStore: ObjectStore {
    private let base: any ObjectStore
    private let onChange: @Sendable (_ key: String) -> Void

    /// - Parameters:
    ///   - base: the store.
    ///   - onChange: called with each key, after the call that changed it.
    init(_ base: any ObjectStore, onChange: @escaping @Sendable (_ key: String) -> Void) {
        self.base = base
        self.onChange = onChange
    }

    func attributes(of key: String) async throws(ObjectStoreError) -> ObjectAttributes? {
        try await base.attributes(of: key)
    }

    func content(of key: String, range: ByteRange?) async throws(ObjectStoreError) -> ObjectContent? {
        try await base.content(of: key, range: range)
    }

    func content(
        of key: String, range: ByteRange?, unless condition: ReadCondition?
    ) async throws(ObjectStoreError) -> ConditionalContent? {
        try await base.content(of: key, range: range, unless: condition)
    }

    func put(
        _ bytes: [UInt8], to key: String, contentType: String, contentEncoding: String?, lease: Lease
    ) async throws(ObjectStoreError) {
        defer { onChange(key) }
        try await base.put(bytes, to: key, contentType: contentType, contentEncoding: contentEncoding, lease: lease)
    }

    func delete(
        _ keys: [String], lease: Lease
    ) async throws(ObjectStoreError) -> [String: ObjectStoreError?] {
        defer { for key in keys { onChange(key) } }
        return try await base.delete(keys, lease: lease)
    }

    func deletionLimit(within time: Duration) -> Int { base.deletionLimit(within: time) }

    func list(prefix: String, after: String?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await base.list(prefix: prefix, after: after, limit: limit)
    }

    func presignedGet(for key: String, lifetime: Duration) async throws(ObjectStoreError) -> String? {
        try await base.presignedGet(for: key, lifetime: lifetime)
    }

    func presignedPut(for key: String, grant: UploadGrant) async throws(ObjectStoreError) -> String {
        try await base.presignedPut(for: key, grant: grant)
    }

    func beginMultipart(
        for key: String, contentType: String, maximumSize: Int64?
    ) async throws(ObjectStoreError) -> String {
        try await base.beginMultipart(for: key, contentType: contentType, maximumSize: maximumSize)
    }

    func presignedPart(
        for key: String, uploadID: String, partNumber: Int, grant: UploadGrant
    ) async throws(ObjectStoreError) -> String {
        try await base.presignedPart(for: key, uploadID: uploadID, partNumber: partNumber, grant: grant)
    }

    func putPart(
        _ bytes: [UInt8], of key: String, uploadID: String, partNumber: Int
    ) async throws(ObjectStoreError) -> CompletedPart {
        try await base.putPart(bytes, of: key, uploadID: uploadID, partNumber: partNumber)
    }

    func completeMultipart(
        for key: String, uploadID: String, parts: [CompletedPart], lease: Lease
    ) async throws(ObjectStoreError) {
        defer { onChange(key) }
        try await base.completeMultipart(for: key, uploadID: uploadID, parts: parts, lease: lease)
    }

    func abortMultipart(for key: String, uploadID: String) async throws(ObjectStoreError) {
        try await base.abortMultipart(for: key, uploadID: uploadID)
    }

    func listParts(
        for key: String, uploadID: String, after: Int?, limit: Int
    ) async throws(ObjectStoreError) -> PartPage {
        try await base.listParts(for: key, uploadID: uploadID, after: after, limit: limit)
    }

    func listMultiparts(
        prefix: String, after: MultipartPage.Marker?, limit: Int
    ) async throws(ObjectStoreError) -> MultipartPage {
        try await base.listMultiparts(prefix: prefix, after: after, limit: limit)
    }

    func check() async throws(ObjectStoreError) { try await base.check() }

    func serviceTime() async throws(ObjectStoreError) -> Timestamp? { try await base.serviceTime() }
}

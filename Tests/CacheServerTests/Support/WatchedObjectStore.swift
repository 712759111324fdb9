import CacheCore
import Synchronization

/// Passes calls on, notes them, and lets a test do something before each. Of conditions it knows entity tags.
struct WatchedObjectStore: ObjectStore {
    private let base: any ObjectStore
    private let before: @Sendable (_ call: String) async throws(ObjectStoreError) -> Void
    private let noted: Calls
    private let redirects: Bool

    final class Calls: Sendable {
        private let names = Mutex<[String]>([])

        var all: [String] { names.withLock { $0 } }

        func add(_ name: String) { names.withLock { $0.append(name) } }

        /// Those since the last time.
        func take() -> [String] {
            names.withLock { names in
                defer { names = [] }
                return names
            }
        }
    }

    init(
        _ base: any ObjectStore, noting calls: Calls = Calls(), redirects: Bool = false,
        before: @escaping @Sendable (_ call: String) async throws(ObjectStoreError) -> Void = { _ in }
    ) {
        self.base = base
        self.before = before
        noted = calls
        self.redirects = redirects
    }

    private func call(_ name: String) async throws(ObjectStoreError) {
        noted.add(name)
        try await before(name)
    }

    func attributes(of key: String) async throws(ObjectStoreError) -> ObjectAttributes? {
        try await call("HEAD")
        return try await base.attributes(of: key)
    }

    func content(of key: String, range: ByteRange?) async throws(ObjectStoreError) -> ObjectContent? {
        try await call("GET")
        return try await base.content(of: key, range: range)
    }

    func content(
        of key: String, range: ByteRange?, unless condition: ReadCondition?
    ) async throws(ObjectStoreError) -> ConditionalContent? {
        try await call(condition.map { "GET unless \($0)" } ?? "GET")
        guard let content = try await base.content(of: key, range: range) else { return nil }
        if case .entityTag(content.attributes.etag) = condition { return .unchanged }
        return .content(content)
    }

    func put(
        _ bytes: [UInt8], to key: String, contentType: String, contentEncoding: String?, lease: Lease
    ) async throws(ObjectStoreError) {
        try await call("PUT")
        try await base.put(
            bytes, to: key, contentType: contentType, contentEncoding: contentEncoding, lease: lease)
    }

    func delete(_ keys: [String], lease: Lease) async throws(ObjectStoreError) -> [String: ObjectStoreError?] {
        try await call("DELETE")
        return try await base.delete(keys, lease: lease)
    }

    func list(prefix: String, after: String?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await call("LIST")
        return try await base.list(prefix: prefix, after: after, limit: limit)
    }

    func presignedGet(for key: String, lifetime: Duration) async throws(ObjectStoreError) -> String? {
        redirects ? "https://bucket.example/\(key)?for=\(lifetime)" : nil
    }

    func presignedPut(for key: String, grant: UploadGrant) async throws(ObjectStoreError) -> String {
        try await base.presignedPut(for: key, grant: grant)
    }

    func beginMultipart(
        for key: String, contentType: String, maximumSize: Int64?
    ) async throws(ObjectStoreError) -> String {
        try await call("BEGIN")
        return try await base.beginMultipart(for: key, contentType: contentType, maximumSize: maximumSize)
    }

    func presignedPart(
        for key: String, uploadID: String, partNumber: Int, grant: UploadGrant
    ) async throws(ObjectStoreError) -> String {
        try await base.presignedPart(for: key, uploadID: uploadID, partNumber: partNumber, grant: grant)
    }

    func putPart(
        _ bytes: [UInt8], of key: String, uploadID: String, partNumber: Int
    ) async throws(ObjectStoreError) -> CompletedPart {
        try await call("PUT PART")
        return try await base.putPart(bytes, of: key, uploadID: uploadID, partNumber: partNumber)
    }

    func completeMultipart(
        for key: String, uploadID: String, parts: [CompletedPart], lease: Lease
    ) async throws(ObjectStoreError) {
        try await call("COMPLETE")
        try await base.completeMultipart(for: key, uploadID: uploadID, parts: parts, lease: lease)
    }

    func abortMultipart(for key: String, uploadID: String) async throws(ObjectStoreError) {
        try await call("ABORT")
        try await base.abortMultipart(for: key, uploadID: uploadID)
    }

    func listParts(
        for key: String, uploadID: String, after: Int?, limit: Int
    ) async throws(ObjectStoreError) -> PartPage {
        try await call("LIST PARTS")
        return try await base.listParts(for: key, uploadID: uploadID, after: after, limit: limit)
    }

    func listMultiparts(
        prefix: String, after: MultipartPage.Marker?, limit: Int
    ) async throws(ObjectStoreError) -> MultipartPage {
        try await call("LIST MULTIPARTS")
        return try await base.listMultiparts(prefix: prefix, after: after, limit: limit)
    }

    func check() async throws(ObjectStoreError) {
        try await call("CHECK")
        try await base.check()
    }
}

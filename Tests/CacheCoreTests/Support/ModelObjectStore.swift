import CacheCore
import CacheStorage
import NarKit
import Synchronization

/// A bucket in memory that does what its contract says, and fails when told to.
final class ModelObjectStore: ObjectStore {
    /// An object of the bucket.
    struct Stored: Sendable {
        var bytes: [UInt8]
        var contentType: String?
        var contentEncoding: String?
        /// When it was written; nil for just now.
        var lastModified: Timestamp?
    }

    /// When a call fails.
    enum Fault: Hashable, Sendable {
        /// Without an effect.
        case before(ObjectStoreError.Code)
        /// The effect happens, its answer is lost.
        case after(ObjectStoreError.Code)
        /// The request is on its way when the caller gives up: its effect happens when the test says so, as long as the
        /// request is valid. Of a put, a delete, and the completion of a multipart upload; others fail without an effect.
        case late(ObjectStoreError.Code)
    }

    /// A request that is on its way.
    struct LateRequest: Sendable {
        /// Who sent it, and what for.
        enum Kind: Sendable { case put, delete, clientPut, completion }

        var number: Int
        var kind: Kind
        var keys: [String]
        /// When it is over: from then on it has no effect, as what waits for it may go on.
        var validUntil: Timestamp
        fileprivate var effect: @Sendable (inout State) -> Void
    }

    fileprivate struct Multipart: Sendable {
        var key: String
        var maximumSize: Int64?
        var initiated: Timestamp
        var parts: [Int: [UInt8]] = [:]
    }

    fileprivate struct State {
        var objects: [String: Stored] = [:]
        var late: [LateRequest] = []
        var lateCount = 0
        var unansweredDeletes: [String] = []
        var multiparts: [String: Multipart] = [:]
        var nextMultipart = 1
        var calls: [String] = []
        var fault: (@Sendable (_ call: String, _ key: String) -> Fault?)?
        var running = 0
        var mostRunning = 0
        var listingOrder: (@Sendable (String) -> String)?
    }

    private let state = Mutex(State())
    private let clock: StoreClock

    init(clock: StoreClock) {
        self.clock = clock
    }

    // MARK: For tests

    /// Decides which calls fail.
    func fail(_ fault: (@Sendable (_ call: String, _ key: String) -> Fault?)?) {
        state.withLock { $0.fault = fault }
    }

    /// Lists in the byte order of what this makes of the keys, as services do that list directory by directory.
    func list(inOrderOf order: @escaping @Sendable (String) -> String) {
        state.withLock { $0.listingOrder = order }
    }

    var keys: Set<String> { state.withLock { Set($0.objects.keys) } }
    var multipartCount: Int { state.withLock { $0.multiparts.count } }
    /// The calls so far, as `put key`.
    var calls: [String] { state.withLock { $0.calls } }
    /// How many calls ran at once at most.
    var mostRunning: Int { state.withLock { $0.mostRunning } }

    subscript(key: String) -> Stored? {
        get { state.withLock { $0.objects[key] } }
        set { state.withLock { $0.objects[key] = newValue } }
    }

    func text(of key: String) -> String? {
        self[key].map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The requests that are on their way, in the order in which they were sent.
    var late: [LateRequest] { state.withLock { $0.late } }

    /// The keys of deletes that failed as a whole, since this was asked last.
    func unansweredDeletes() -> [String] {
        state.withLock { state in
            defer { state.unansweredDeletes = [] }
            return state.unansweredDeletes
        }
    }

    /// Has a request arrive; without an effect when it is no longer valid.
    func land(_ number: Int) {
        let now = clock.now
        state.withLock { state in
            guard let index = state.late.firstIndex(where: { $0.number == number }) else { return }
            let request = state.late.remove(at: index)
            if now < request.validUntil { request.effect(&state) }
        }
    }

    private func delay(
        _ kind: LateRequest.Kind, _ keys: [String], validUntil: Timestamp,
        _ effect: @escaping @Sendable (inout State) -> Void
    ) {
        state.withLock { state in
            state.lateCount += 1
            state.late.append(
                LateRequest(
                    number: state.lateCount, kind: kind, keys: keys, validUntil: validUntil, effect: effect))
        }
    }

    func forgetCalls() { state.withLock { $0.calls = [] } }

    /// What a client does with a presigned URL. Returns the ETag of a part.
    @discardableResult
    func clientPut(
        _ bytes: [UInt8], to url: String, contentEncoding: String? = nil, isLate: Bool = false
    ) throws -> String {
        let fields = url.split(separator: "?", maxSplits: 1).map(String.init)
        let query = Dictionary(
            uniqueKeysWithValues: fields[1].split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts[1]))
            })
        guard let until = query["until"].flatMap({ Int64($0) }), clock.now.microseconds <= until else {
            throw ObjectStoreError(.expired, "The URL is too old.")
        }
        if let limit = query["limit"].flatMap({ Int($0) }), bytes.count > limit {
            throw ObjectStoreError(.tooLarge, "The body is too large.")
        }
        let key = String(fields[0].dropFirst("model:".count))
        if isLate, query["part"] == nil {
            // A request that was begun in time may end an hour later.
            delay(.clientPut, [key], validUntil: Timestamp(microseconds: until) + .seconds(3600)) { state in
                state.objects[key] = Stored(bytes: bytes, contentType: nil, contentEncoding: contentEncoding)
            }
            throw ObjectStoreError(.unavailable, "The answer does not come.")
        }
        return try state.withLock { state in
            guard let part = query["part"].flatMap({ Int($0) }), let id = query["upload"] else {
                state.objects[key] = Stored(bytes: bytes, contentType: nil, contentEncoding: contentEncoding)
                return "etag"
            }
            guard state.multiparts[id] != nil else { throw ObjectStoreError(.noSuchUpload, "No such upload.") }
            state.multiparts[id]?.parts[part] = bytes
            return Self.etag(bytes)
        }
    }

    private static func etag(_ bytes: [UInt8]) -> String { String(NixHash.sha256(of: bytes).hex.prefix(16)) }

    // MARK: The store

    private func call<Value>(
        _ name: String, _ key: String, late: (() -> Void)? = nil,
        _ effect: (inout State) throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        state.withLock { state in
            state.calls.append("\(name) \(key)")
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
        }
        await Task.yield()
        defer { state.withLock { $0.running -= 1 } }
        let fault = state.withLock { $0.fault }.flatMap { $0(name, key) }
        switch fault {
        case .before(let code): throw ObjectStoreError(code, "The call \(name) failed.")
        case .late(let code):
            late?()
            throw ObjectStoreError(code, "The answer to \(name) does not come.")
        case .after, nil: break
        }
        let result: Result<Value, ObjectStoreError> = state.withLock { state in
            do throws(ObjectStoreError) { return .success(try effect(&state)) } catch { return .failure(error) }
        }
        if case .after(let code) = fault { throw ObjectStoreError(code, "The answer to \(name) was lost.") }
        return try result.get()
    }

    private func check(_ lease: Lease) throws(ObjectStoreError) {
        if clock.now > lease.validUntil { throw ObjectStoreError(.expired, "The lease is over.") }
    }

    func attributes(of key: String) async throws(ObjectStoreError) -> ObjectAttributes? {
        let now = clock.now
        return try await call("attributes", key) { state throws(ObjectStoreError) in
            state.objects[key].map { Self.attributes($0, now) }
        }
    }

    private static func attributes(_ stored: Stored, _ now: Timestamp) -> ObjectAttributes {
        ObjectAttributes(
            size: Int64(stored.bytes.count), etag: etag(stored.bytes), lastModified: stored.lastModified ?? now,
            contentType: stored.contentType, contentEncoding: stored.contentEncoding)
    }

    func content(of key: String, range: ByteRange?) async throws(ObjectStoreError) -> ObjectContent? {
        let now = clock.now
        return try await call("content", key) { state throws(ObjectStoreError) in
            guard let stored = state.objects[key] else { return nil }
            let size = Int64(stored.bytes.count)
            let range = range.map { $0.resolved(size: size) ?? size..<size } ?? 0..<size
            let bytes = Array(stored.bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield(bytes)
                continuation.finish()
            }
            return ObjectContent(attributes: Self.attributes(stored, now), range: range, body: body)
        }
    }

    func put(
        _ bytes: [UInt8], to key: String, contentType: String, contentEncoding: String?, lease: Lease
    ) async throws(ObjectStoreError) {
        let stored = Stored(bytes: bytes, contentType: contentType, contentEncoding: contentEncoding)
        try await call(
            "put", key,
            late: { self.delay(.put, [key], validUntil: lease.validUntil) { $0.objects[key] = stored } }
        ) { state throws(ObjectStoreError) in
            try check(lease)
            state.objects[key] = stored
        }
    }

    func delete(_ keys: [String], lease: Lease) async throws(ObjectStoreError) -> [String: ObjectStoreError?] {
        var isAnswered = false
        defer { if !isAnswered { state.withLock { $0.unansweredDeletes += keys } } }
        let outcome = try await call(
            "delete", keys.first ?? "",
            late: {
                self.delay(.delete, keys, validUntil: lease.validUntil) { state in
                    for key in keys { state.objects[key] = nil }
                }
            }
        ) { state throws(ObjectStoreError) in
            try check(lease)
            var outcome: [String: ObjectStoreError?] = [:]
            for key in keys {
                state.objects[key] = nil
                outcome.updateValue(nil, forKey: key)
            }
            return outcome
        }
        isAnswered = true
        return outcome
    }

    func list(prefix: String, after: String?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        let now = clock.now
        return try await call("list", prefix) { state throws(ObjectStoreError) in
            let order = state.listingOrder ?? { $0 }
            let found = state.objects.keys.filter { $0.hasPrefix(prefix) && order($0) > order(after ?? "") }
                .sorted { order($0) < order($1) }
            let entries = found.prefix(limit).map { key in
                ObjectPage.Entry(
                    key: key, size: Int64(state.objects[key]?.bytes.count ?? 0),
                    lastModified: state.objects[key]?.lastModified ?? now)
            }
            return ObjectPage(objects: entries, hasMore: found.count > limit)
        }
    }

    func presignedPut(for key: String, grant: UploadGrant) async throws(ObjectStoreError) -> String {
        if case .before(let code) = state.withLock({ $0.fault })?("presignedPut", key) {
            throw ObjectStoreError(code, "presignedPut failed")
        }
        return url(key, grant, "")
    }

    func presignedPart(
        for key: String, uploadID: String, partNumber: Int, grant: UploadGrant
    ) async throws(ObjectStoreError) -> String {
        url(key, grant, "&upload=\(uploadID)&part=\(partNumber)")
    }

    private func url(_ key: String, _ grant: UploadGrant, _ rest: String) -> String {
        let limit = grant.maximumSize.map { "&limit=\($0)" } ?? ""
        return "model:\(key)?until=\((grant.signedAt + grant.lifetime).microseconds)\(limit)\(rest)"
    }

    func beginMultipart(
        for key: String, contentType: String, maximumSize: Int64?
    ) async throws(ObjectStoreError) -> String {
        let now = clock.now
        return try await call("beginMultipart", key) { state throws(ObjectStoreError) in
            let id = "m\(state.nextMultipart)"
            state.nextMultipart += 1
            state.multiparts[id] = Multipart(key: key, maximumSize: maximumSize, initiated: now)
            return id
        }
    }

    func putPart(
        _ bytes: [UInt8], of key: String, uploadID: String, partNumber: Int
    ) async throws(ObjectStoreError) -> CompletedPart {
        try await call("putPart", key) { state throws(ObjectStoreError) in
            guard state.multiparts[uploadID] != nil else {
                throw ObjectStoreError(.noSuchUpload, "There is no multipart upload \(uploadID).")
            }
            state.multiparts[uploadID]?.parts[partNumber] = bytes
            return CompletedPart(partNumber: partNumber, etag: Self.etag(bytes))
        }
    }

    func completeMultipart(
        for key: String, uploadID: String, parts: [CompletedPart], lease: Lease
    ) async throws(ObjectStoreError) {
        let effect: @Sendable (inout State) throws(ObjectStoreError) -> Void = { state throws(ObjectStoreError) in
            guard let multipart = state.multiparts[uploadID] else {
                throw ObjectStoreError(.noSuchUpload, "There is no multipart upload \(uploadID).")
            }
            var bytes: [UInt8] = []
            for part in parts {
                guard let content = multipart.parts[part.partNumber], Self.etag(content) == part.etag else {
                    throw ObjectStoreError(.invalidPart, "The part \(part.partNumber) is not there.")
                }
                bytes += content
            }
            if let limit = multipart.maximumSize, bytes.count > limit {
                throw ObjectStoreError(.tooLarge, "The parts are too large.")
            }
            state.multiparts[uploadID] = nil
            state.objects[key] = Stored(bytes: bytes, contentType: "application/x-nix-nar")
        }
        try await call(
            "completeMultipart", key,
            late: {
                self.delay(.completion, [key], validUntil: lease.signedAt + .seconds(3600)) { state in
                    // Without its parts it has no effect, and nobody is there to be told.
                    do throws(ObjectStoreError) { try effect(&state) } catch {}
                }
            }
        ) { state throws(ObjectStoreError) in
            try check(lease)
            try effect(&state)
        }
    }

    func abortMultipart(for key: String, uploadID: String) async throws(ObjectStoreError) {
        try await call("abortMultipart", key) { state throws(ObjectStoreError) in state.multiparts[uploadID] = nil }
    }

    func listParts(
        for key: String, uploadID: String, after: Int?, limit: Int
    ) async throws(ObjectStoreError) -> PartPage {
        try await call("listParts", key) { state throws(ObjectStoreError) in
            guard let multipart = state.multiparts[uploadID] else {
                throw ObjectStoreError(.noSuchUpload, "There is no multipart upload \(uploadID).")
            }
            let found = multipart.parts.filter { $0.key > after ?? 0 }.sorted { $0.key < $1.key }
            let entries = found.prefix(limit).map { number, bytes in
                PartPage.Entry(partNumber: number, etag: Self.etag(bytes), size: Int64(bytes.count))
            }
            return PartPage(parts: entries, hasMore: found.count > limit)
        }
    }

    func listMultiparts(
        prefix: String, after: MultipartPage.Marker?, limit: Int
    ) async throws(ObjectStoreError) -> MultipartPage {
        try await call("listMultiparts", prefix) { state throws(ObjectStoreError) in
            let found = state.multiparts.filter { $0.value.key.hasPrefix(prefix) }
                .map { MultipartPage.Entry(key: $0.value.key, uploadID: $0.key, initiated: $0.value.initiated) }
                .sorted { ($0.key, $0.uploadID) < ($1.key, $1.uploadID) }
                .filter { entry in after.map { (entry.key, entry.uploadID) > ($0.key, $0.uploadID) } ?? true }
            let page = Array(found.prefix(limit))
            let next =
                found.count > limit ? page.last.map { MultipartPage.Marker(key: $0.key, uploadID: $0.uploadID) } : nil
            return MultipartPage(uploads: page, next: next)
        }
    }

    func check() async throws(ObjectStoreError) {
        try await call("check", "") { state throws(ObjectStoreError) in }
    }
}

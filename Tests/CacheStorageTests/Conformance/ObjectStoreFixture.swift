import CacheCore

/// A store to be tested, with what the tests need around it.
protocol ObjectStoreFixture: Sendable {
    /// The store, empty at the start of a test.
    var store: any ObjectStore { get }

    /// How clients address the store, where it signs URLs to itself.
    var origin: URLOrigin? { get }

    /// The present time of the store's clock.
    func now() -> Timestamp

    /// Sends a PUT to a presigned URL.
    func put(
        _ body: [UInt8], to url: String, contentType: String?, contentEncoding: String?
    ) async throws -> (status: Int, etag: String?)
}

extension ObjectStoreFixture {
    /// A lease that lasts for a minute.
    var lease: Lease { Lease(signedAt: now(), validUntil: now() + .seconds(60)) }

    /// A lease that is over.
    var pastLease: Lease { Lease(signedAt: now() - .seconds(3600), validUntil: now() - .seconds(3540)) }

    /// A grant for an hour.
    var grant: UploadGrant {
        UploadGrant(signedAt: now(), lifetime: .seconds(3600), origin: origin, maximumSize: nil)
    }

    func put(_ text: String, to key: String) async throws {
        try await store.put(
            Array(text.utf8), to: key, contentType: "text/plain", contentEncoding: nil, lease: lease)
    }

    /// The bytes of an object and which they are; `nil` when there is none.
    func read(_ key: String, _ range: ByteRange? = nil) async throws -> (range: Range<Int64>, bytes: [UInt8])? {
        guard let content = try await store.content(of: key, range: range) else { return nil }
        var bytes: [UInt8] = []
        for try await chunk in content.body { bytes += chunk }
        return (content.range, bytes)
    }

    func text(_ key: String) async throws -> String? {
        try await read(key).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Deletes an object; throws when it is not certainly gone.
    func delete(_ key: String) async throws {
        if case let error?? = try await store.delete([key], lease: lease)[key] { throw error }
    }

    /// The keys of all pages.
    func keys(prefix: String = "", limit: Int = 1000) async throws -> [String] {
        var keys: [String] = []
        while true {
            let page = try await store.list(prefix: prefix, after: keys.last, limit: limit)
            keys += page.objects.map(\.key)
            guard page.hasMore else { return keys }
        }
    }

    /// Sends a part and gives back what completing needs.
    func part(_ number: Int, of key: String, _ uploadID: String, _ body: [UInt8]) async throws -> CompletedPart {
        let url = try await store.presignedPart(for: key, uploadID: uploadID, partNumber: number, grant: grant)
        let reply = try await put(body, to: url, contentType: "application/octet-stream", contentEncoding: nil)
        guard reply.status == 200, let etag = reply.etag else { throw UnexpectedReply(status: reply.status) }
        return CompletedPart(partNumber: number, etag: etag)
    }
}

struct UnexpectedReply: Error {
    let status: Int
}

/// Bytes that differ from place to place.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 2_654_435_761 >> 13) }
}

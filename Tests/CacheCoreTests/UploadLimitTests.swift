import CacheCore
import CacheStorage
import NarKit
import TestServices
import Testing

@Suite("What a client may put")
struct UploadLimitTests {
    static let package = TestPackage("package-1", narSize: 1280)

    private func putError(_ cache: CacheFixture, _ bytes: [UInt8], _ url: String?) throws -> ObjectStoreError.Code? {
        do {
            try cache.bucket.clientPut(bytes, to: try #require(url))
            return nil
        } catch let error as ObjectStoreError {
            return error.code
        }
    }

    @Test("is limited in time, from the database's clock", arguments: MetadataKind.allCases)
    func lifetime(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let url = try await cache.create(Self.package).pendingObjects[Self.package.narKey]?.presignedURL
        cache.clock.advance(by: .seconds(5 * 3600))
        #expect(try putError(cache, [1], url) == nil)
        cache.clock.advance(by: .microseconds(1))
        #expect(try putError(cache, [1], url) == .expired)
        let object = try await cache.store.snapshot().objects.values.first { $0.key == Self.package.narKey }
        #expect(try #require(object).writableUntil > cache.clock.now + .seconds(3500), "a row waits for a late PUT")
    }

    @Test("is limited in size", arguments: MetadataKind.allCases)
    func size(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let pending = try await cache.create(Self.package).pendingObjects
        let limit = 1280 + 10 + 65_536
        let nar = pending[Self.package.narKey]?.presignedURL
        #expect(try putError(cache, Array(repeating: 0, count: limit), nar) == nil)
        #expect(try putError(cache, Array(repeating: 0, count: limit + 1), nar) == .tooLarge)
        let text = pending[Self.package.key]?.presignedURL
        #expect(try putError(cache, Array(repeating: 0, count: (4 << 20) + 1), text) == .tooLarge)
    }

    @Test("counts for nothing when it is too large in a store that cannot limit it", arguments: MetadataKind.allCases)
    func oversized(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.package)
        try await cache.upload([Self.package], created)
        try await cache.sign([Self.package], created)
        cache.bucket[Self.package.narKey] = .init(bytes: Array(repeating: 0, count: 100_000))
        let error = try await failure { try await cache.service.complete(created.id) }
        #expect(error.missing == [Self.package.narKey])
    }

    @Test("and sign is only what its upload lists", arguments: MetadataKind.allCases)
    func signing(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let created = try await cache.create(Self.package)
        let fields = Self.package.narInfoFields
        func code(_ id: String, _ narinfos: [String: SignNarInfo]) async -> CacheError.Code? {
            do {
                _ = try await cache.service.sign(id, SignRequest(narinfos: narinfos))
                return nil
            } catch {
                return error.code
            }
        }
        let other = TestPackage("other")
        #expect(await code(created.id, [Self.package.key: fields]) == nil)
        #expect(await code(created.id, [other.key: other.narInfoFields]) == .forbidden)
        #expect(await code("4711", [Self.package.key: fields]) == .forbidden)
        #expect(await code("x", [Self.package.key: fields]) == .invalidRequest)
        #expect(await code("4711", [:]) == nil)
        var changes: [(inout SignNarInfo) -> Void] = []
        changes.append { $0.storePath = other.storePath }
        changes.append { $0.storePath = "/elsewhere/x" }
        changes.append { $0.url = "https://elsewhere/nar" }
        changes.append { $0.url = "../\($0.url)" }
        changes.append { $0.narHash = "sha256:short" }
        changes.append { $0.narSize = 0 }
        changes.append { $0.references = ["not a path"] }
        changes.append { $0.signatures = ["unsigned"] }
        changes.append { $0.deriver = "x" }
        changes.append { $0.ca = "x" }
        for change in changes {
            var bad = fields
            change(&bad)
            #expect(await code(created.id, [Self.package.key: bad]) == .invalidRequest, "\(bad)")
        }
    }

    @Test("is signed over the fields of the request, with every key", arguments: MetadataKind.allCases)
    func signatures(kind: MetadataKind) async throws {
        let cache = try await CacheFixture(kind)
        let second = try SecretKey.generate(name: "second-1")
        let key = cache.key
        let service = cache.replica { $0.signer = LocalSigner(keys: [key, second]) }
        let created = try await cache.create(Self.package)
        let answer = try await service.sign(
            created.id, SignRequest(narinfos: [Self.package.key: Self.package.narInfoFields]))
        #expect(answer.publishedByServer == nil)
        let fingerprint = "1;\(Self.package.storePath);\(Self.package.narHash);1280;"
        let signatures = try (answer.signatures[Self.package.key] ?? []).map { try Signature(parsing: $0) }
        #expect(signatures.map(\.keyName) == ["cache.example-1", "second-1"])
        #expect(cache.key.publicKey.verifies(try #require(signatures.first), of: fingerprint))
        #expect(second.publicKey.verifies(try #require(signatures.last), of: fingerprint))
        let unsigned = cache.replica { $0.signer = LocalSigner(keys: []) }
        let none = try await unsigned.sign(
            created.id, SignRequest(narinfos: [Self.package.key: Self.package.narInfoFields]))
        #expect(none.signatures == [Self.package.key: []])
    }
}

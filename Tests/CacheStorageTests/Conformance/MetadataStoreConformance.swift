import CacheCore
import TestServices
import Testing

/// What every metadata store has to do, whatever it stores in.
struct MetadataStoreConformance: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (MetadataFixture) async throws -> Void

    var testDescription: String { name }

    static let all = creating + uploading + texts + completing + cleaning

    static let narinfo = "00000000000000000000000000000000.narinfo"
    static let dependency = "11111111111111111111111111111111.narinfo"
    static let listing = "00000000000000000000000000000000.ls"
    static let nar = "nar/0000000000000000000000000000000000000000000000000000.nar.zst"
    static let log = "log/00000000000000000000000000000000-x.drv"

    /// The code of the error that a call throws; `nil` when it succeeds.
    static func code<Value>(_ body: () async throws -> Value) async throws -> CacheError.Code? {
        do {
            _ = try await body()
            return nil
        } catch let error as CacheError {
            return error.code
        }
    }
}

extension MetadataFixture {
    func begin(roots: [String] = [], external: [String] = []) async throws -> UploadID {
        try await store.beginUpload(NewUpload(roots: roots, external: external)).id
    }

    /// Claims objects by their keys.
    @discardableResult
    func claim(
        _ keys: [String], _ upload: UploadID, isListed: Bool = true
    ) async throws -> [ClaimedChunk.Entry] {
        let claims = try keys.sorted().map { NewClaim(key: try ObjectKey($0), isListed: isListed) }
        let chunk = try await store.claimChunk(claims, upload: upload, writeWindow: .seconds(3600))
        return try #require(chunk).entries
    }

    /// The number of an object.
    func id(_ key: String) async throws -> ObjectID {
        try #require(try await store.snapshot().objects.values.first { $0.key == key }).id
    }

    func logs(_ count: Int) -> [String] { (0..<count).map { "log/\(1_000_000 + $0).drv" } }

    /// Decides about an upload when all of some objects were seen.
    func decide(_ upload: UploadID, arrived: [String] = []) async throws -> CompletionOutcome {
        var arrivals: [ObjectArrival] = []
        for key in arrived { arrivals.append(ObjectArrival(id: try await id(key), size: 10)) }
        return try await store.decide(
            CompletionRequest(upload: upload, arrivals: arrivals, requiresCompleteClosures: false))
    }
}

@Suite("A metadata store")
struct MetadataStoreConformanceTests {
    @Test(arguments: MetadataStoreConformance.all, MetadataKind.allCases)
    func conforms(_ conformance: MetadataStoreConformance, kind: MetadataKind) async throws {
        try await conformance.check(try await MetadataFixture(kind))
    }
}

import CacheCore
import NarKit
import TestServices
import Testing

/// What a check told.
struct FsckResult: Sendable {
    var summary = FsckSummary()
    var findings: [FsckFinding] = []

    /// `kind key`, sorted.
    var names: [String] { findings.map { "\($0.kind.rawValue) \($0.key)" }.sorted() }
}

extension CacheFixture {
    /// A whole check, which must neither write nor delete in the bucket, and without repairs change no row.
    func fsck(
        repairs: Bool = false, deep: Bool = false, pageSize: Int = 1000, trusting keys: [PublicKey]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> FsckResult {
        let (objects, calls) = (bucket.keys, bucket.calls.count)
        let rows = try await store.snapshot()
        var result = FsckResult()
        let checker = checker(pageSize: pageSize, trusting: keys)
        result.summary = try await checker.run(
            from: FsckPosition(FsckOptions(repairs: repairs, isDeep: deep))
        ) { event in
            if case .finding(let finding) = event { result.findings.append(finding) }
        }
        #expect(bucket.keys == objects, sourceLocation: sourceLocation)
        let writes = bucket.calls.dropFirst(calls).filter { $0.hasPrefix("put ") || $0.hasPrefix("delete ") }
        #expect(writes.isEmpty, sourceLocation: sourceLocation)
        if !repairs {
            let now = try await store.snapshot()
            #expect(now.objects == rows.objects, sourceLocation: sourceLocation)
            #expect(now.uploads == rows.uploads, sourceLocation: sourceLocation)
        }
        #expect(try await store.snapshot().claims == rows.claims, sourceLocation: sourceLocation)
        return result
    }

    func checker(pageSize: Int = 1000, trusting keys: [PublicKey]? = nil) -> FsckService {
        FsckService(
            metadata: store, uploads: service,
            settings: FsckSettings(trustedKeys: keys.map { TrustedKeys($0) }, pageSize: pageSize))
    }

    /// The row of a key.
    func row(_ key: String) async throws -> LifecycleSnapshot.Object {
        try #require(try await store.snapshot().objects.values.first { $0.key == key })
    }

    /// Changes the text of a narinfo in the bucket.
    func edit(_ key: String, _ change: (String) -> String) throws {
        let text = try #require(bucket.text(of: key))
        bucket[key]?.bytes = Array(change(text).utf8)
    }
}

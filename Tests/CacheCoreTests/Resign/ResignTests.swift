import CacheCore
import NarKit
import TestServices
import Testing

@Suite("Signing anew") struct ResignTests {
    private static let library = TestPackage("library")
    private static let tool = TestPackage("tool", [library], refersToItself: true)

    /// A server that signs with a new key besides the old one, or instead of it.
    private func service(
        _ fixture: CacheFixture, _ keys: [SecretKey], trusting trusted: [PublicKey]?, pageSize: Int = 256
    ) -> ResignService {
        let uploads = fixture.replica { $0.signer = LocalSigner(keys: keys) }
        return ResignService(
            metadata: fixture.store, uploads: uploads, trustedKeys: trusted.map { TrustedKeys($0) },
            pageSize: pageSize)
    }

    private func run(_ service: ResignService) async throws -> (summary: ResignSummary, refused: [String: String]) {
        var refused: [String: String] = [:]
        let summary = try await service.run { event throws(CacheError) in
            if case .refused(let key, let reason) = event { refused[key] = reason }
        }
        return (summary, refused)
    }

    private func summary(_ change: (inout ResignSummary) -> Void) -> ResignSummary {
        var summary = ResignSummary()
        change(&summary)
        return summary
    }

    @Test("adds the signatures of new keys to what old ones have signed", arguments: MetadataKind.allCases, [2, 256])
    func adds(kind: MetadataKind, pageSize: Int) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        let new = try SecretKey.generate(name: "cache.example-2")
        let resigning = service(fixture, [new], trusting: [fixture.key.publicKey], pageSize: pageSize)
        let before = try [Self.library, Self.tool].map { try NarInfo(parsing: fixture.bucket[$0.key]?.bytes ?? []) }
        let first = try await run(resigning)
        #expect(first.refused == [:])
        #expect(
            first.summary
                == summary {
                    $0.narInfos = 2
                    $0.signed = 2
                })
        for (package, old) in zip([Self.library, Self.tool], before) {
            var info = try NarInfo(parsing: fixture.bucket[package.key]?.bytes ?? [])
            for key in [fixture.key, new] { #expect(info.isSigned(by: TrustedKeys([key.publicKey]))) }
            #expect(fixture.bucket[package.key]?.bytes == Array(info.serialized().utf8))
            info.signatures = old.signatures
            #expect(info == old)
        }
        try await fixture.expectSound()
        #expect(try await fixture.fsck().findings == [])
        #expect(
            try await run(resigning).summary
                == summary {
                    $0.narInfos = 2
                    $0.present = 2
                })
        try await fixture.expectCleanAtRest()
        #expect(fixture.bucket[Self.tool.key] != nil)
    }

    @Test("keeps to the byte what it did not write", arguments: MetadataKind.allCases, [false, true])
    func foreign(kind: MetadataKind, signsAll: Bool) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.library)
        let text = "Unknown: 1\n" + Self.library.narInfoText()
        fixture.bucket[Self.library.key]?.bytes = Array(text.utf8)
        let new = try SecretKey.generate(name: "cache.example-2")
        let outcome = try await run(service(fixture, [new], trusting: signsAll ? nil : [fixture.key.publicKey]))
        if signsAll {
            let signature = new.sign(try NarInfo(parsing: text).fingerprint)
            #expect(fixture.bucket.text(of: Self.library.key) == text + "Sig: \(signature)\n")
            #expect(outcome.refused == [:])
        } else {
            #expect(fixture.bucket.text(of: Self.library.key) == text)
            #expect(outcome.refused == [Self.library.key: "none of the given keys has signed it"])
            #expect(outcome.summary.refused == 1)
        }
    }

    @Test("leaves what is lost or damaged", arguments: MetadataKind.allCases)
    func damaged(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        fixture.bucket[Self.tool.key] = nil
        fixture.bucket[Self.library.key]?.bytes = [1]
        let new = try SecretKey.generate(name: "cache.example-2")
        let outcome = try await run(service(fixture, [new], trusting: nil))
        #expect(outcome.refused[Self.tool.key] == "it is not in the bucket; run fsck")
        #expect(outcome.refused[Self.library.key]?.hasPrefix("Line 1 of a narinfo is refused") == true)
        #expect(fixture.bucket[Self.tool.key] == nil)
        #expect(fixture.bucket[Self.library.key]?.bytes == [1])
    }

    @Test(
        "goes on after a failure", arguments: MetadataKind.allCases,
        [ModelObjectStore.Fault.before(.unavailable), .after(.unavailable), .before(.denied)])
    func failing(kind: MetadataKind, fault: ModelObjectStore.Fault) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        let new = try SecretKey.generate(name: "cache.example-2")
        let resigning = service(fixture, [new], trusting: [fixture.key.publicKey])
        fixture.bucket.fail { [bucket = fixture.bucket] call, key in
            guard call == "put", key == Self.tool.key else { return nil }
            return bucket.calls.count { $0 == "put " + Self.tool.key } <= 2 ? fault : nil
        }
        fixture.bucket.forgetCalls()
        let first = try await run(resigning)
        fixture.bucket.fail(nil)
        let isRetried = fault != .before(.denied)
        #expect(first.summary.signed == (isRetried ? 2 : 1))
        #expect(first.refused.keys.sorted() == (isRetried ? [] : [Self.tool.key]))
        #expect(try await run(resigning).summary.signed == (isRetried ? 0 : 1))
        let info = try NarInfo(parsing: fixture.bucket[Self.tool.key]?.bytes ?? [])
        #expect(info.isSigned(by: TrustedKeys([new.publicKey])))
        try await fixture.expectSound()
        try await fixture.expectCleanAtRest()
    }

    /// A process that ends between two steps leaves an upload that any server finishes.
    @Test("may end anywhere", arguments: MetadataKind.allCases)
    func interrupted(kind: MetadataKind) async throws {
        for call in ["content", "put"] {
            let fixture = try await CacheFixture(kind)
            try await fixture.push(Self.tool)
            let new = try SecretKey.generate(name: "cache.example-2")
            let upload = try await fixture.store.beginUpload(NewUpload(roots: [], external: [])).id
            let claims = [NewClaim(key: try ObjectKey(Self.tool.key), isListed: false)]
            let claimed = try await fixture.store.claimChunk(claims, upload: upload, writeWindow: .seconds(3600))
            let id = try #require(claimed?.entries.first?.id)
            if call == "put" {
                let lease = try await fixture.store.beginRewriting([id], upload: upload, busyPeriod: .seconds(120))
                #expect(lease?.objects == [id])
                // Nobody drops it, and nothing is deleted meanwhile.
                #expect(try await fixture.store.dropUploads(olderThan: .zero, limit: 10) == [])
                try await fixture.expectSound()
            }
            await fixture.service.resume()
            #expect(try await run(service(fixture, [new], trusting: nil)).summary.signed == 2)
            try await fixture.collect("0s", failedUploads: "0s")
            try await fixture.expectCleanAtRest()
            #expect(fixture.bucket.keys == [])
        }
    }

    @Test("writes nothing that is not claimed, live and of an upload under way", arguments: MetadataKind.allCases)
    func leases(kind: MetadataKind) async throws {
        let fixture = try await CacheFixture(kind)
        try await fixture.push(Self.tool)
        let store = fixture.store
        let rows = try await store.inspect([Self.tool.key, Self.library.key])
        let ids = rows.map(\.id)
        let upload = try await store.beginUpload(NewUpload(roots: [], external: [])).id
        _ = try await store.claimChunk(
            [NewClaim(key: rows[0].key, isListed: false)], upload: upload, writeWindow: .seconds(3600))
        let lease = try await store.beginRewriting(ids, upload: upload, busyPeriod: .seconds(120))
        #expect(lease?.objects == [ids[0]])
        #expect(
            try await store.inspect([rows[0].key.text]).first?.busyUntil == (lease?.instant ?? rows[0].instant)
                + .seconds(120))
        #expect(try await store.commit(upload, published: [:]))
        #expect(try await store.beginRewriting(ids, upload: upload, busyPeriod: .seconds(120)) == nil)
        let dropped = try await store.beginUpload(NewUpload(roots: [], external: [])).id
        try await store.dropUpload(dropped)
        #expect(try await store.beginRewriting(ids, upload: dropped, busyPeriod: .seconds(120)) == nil)
    }
}

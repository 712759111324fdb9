import CacheCore
import TestServices
import Testing

extension MetadataStoreConformance {
    static let creating = [
        Self(name: "never uses a number again") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            try await store.dropUpload(upload)
            #expect(try await store.removeUpload(upload, writeWindow: .seconds(-60)))
            #expect(try await store.removeUpload(upload, writeWindow: .seconds(-60)), "it is gone")
            #expect(try await store.upload(upload) == nil)
            #expect(try await fixture.begin() > upload)
        },
        Self(name: "takes numbers for new objects only") { fixture in
            let upload = try await fixture.begin()
            let first = try await fixture.claim(fixture.logs(3), upload)
            let again = try await fixture.claim(fixture.logs(4), try await fixture.begin())
            #expect(again.map(\.decision) == Array(repeating: .upload(isRegistered: false), count: 3) + [.insert])
            #expect(again.prefix(3).map(\.id) == first.map(\.id))
            let next = try #require(first.last?.id) + 1
            #expect(again.last?.id == next)
        },
        Self(name: "does nothing for an upload that is not open") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            try await store.dropUpload(upload)
            for id in [upload, UploadID(rawValue: 99)] {
                let claim = NewClaim(key: try ObjectKey(log))
                #expect(try await store.claimChunk([claim], upload: id, writeWindow: .seconds(1)) == nil)
                #expect(try await store.markLost([1], by: .absence, upload: id, writeWindow: .seconds(1)) == nil)
                #expect(try await store.recordMultiparts([], upload: id) == false)
                #expect(try await store.listedObjects([], upload: id) == nil)
                #expect(try await store.storeTexts([], upload: id) == false)
                #expect(try await store.renewBusy([1], upload: id, busyPeriod: .seconds(1)) == nil)
                #expect(try await store.commit(id, published: [:]) == false)
                #expect(try await fixture.decide(id) == .unknown)
            }
            #expect(try await store.snapshot().objects == [:])
        },
        Self(name: "refuses chunks that are too large, and claims up to 10,000 at once") { fixture in
            let upload = try await fixture.begin()
            #expect(try await code { try await fixture.claim(fixture.logs(10_001), upload) } == .internal)
            let entries = try await fixture.claim(fixture.logs(10_000), upload)
            #expect(entries.map(\.key.text) == fixture.logs(10_000))
            #expect(Set(entries.compactMap(\.id)).count == 10_000)
        },
        Self(name: "refuses a chunk that names a key twice, and keeps nothing of it") { fixture in
            let upload = try await fixture.begin()
            #expect(try await code { try await fixture.claim([log, log], upload) } == .internal)
            #expect(try await fixture.store.snapshot().claims == [])
            #expect(try await fixture.store.snapshot().objects == [:])
        },
        Self(name: "claims what is not listed only when it is there") { fixture in
            let upload = try await fixture.begin()
            #expect(try await fixture.claim([log], upload, isListed: false).map(\.decision) == [.absent])
            #expect(try await fixture.store.snapshot().objects == [:])
            try await fixture.claim([log], upload)
            let other = try await fixture.begin()
            let absent = try await fixture.claim([log], other, isListed: false)
            #expect(absent == [ClaimedChunk.Entry(key: try ObjectKey(log), id: nil, decision: .absent)])
            let id = try await fixture.id(log)
            _ = try await fixture.store.markArrived([ObjectArrival(id: id, size: 1)], upload: upload)
            let present = try await fixture.claim([log], other, isListed: false)
            #expect(present == [ClaimedChunk.Entry(key: try ObjectKey(log), id: id, decision: .present)])
        },
        Self(name: "lets clients write what they are to upload, and for longer with each upload") { fixture in
            try await fixture.claim([log, narinfo], try await fixture.begin())
            fixture.clock.advance(by: .seconds(60))
            try await fixture.claim([log, narinfo], try await fixture.begin())
            let objects = try await fixture.store.snapshot().objects.values
            let until = Dictionary(uniqueKeysWithValues: objects.map { ($0.key, $0.writableUntil) })
            #expect(until == [log: MetadataFixture.start + .seconds(3660), narinfo: Timestamp(microseconds: 0)])
        },
        Self(name: "takes live objects for lost, when an open upload claims them") { fixture in
            let store = fixture.store
            let (upload, other) = (try await fixture.begin(), try await fixture.begin())
            let ids = try await fixture.claim([log, nar], upload).compactMap(\.id)
            _ = try await store.markArrived(ids.map { ObjectArrival(id: $0, size: 7) }, upload: upload)
            fixture.clock.advance(by: .seconds(60))
            #expect(
                try await store.markLost(ids, by: .absence, upload: other, writeWindow: .seconds(9))
                    == fixture.clock.now)
            #expect(try await store.statistics() == StoreStatistics(objects: 2, bytes: 14, pendingUploads: 2))
            #expect(
                try await store.markLost(ids + [99], by: .absence, upload: upload, writeWindow: .seconds(9000))
                    == fixture.clock.now)
            #expect(try await store.statistics() == StoreStatistics(objects: 0, bytes: 0, pendingUploads: 2))
            let objects = try await store.snapshot().objects.values
            #expect(
                objects.allSatisfy { $0.state == .uploading && $0.writableUntil == fixture.clock.now + .seconds(9000) })
        },
        Self(name: "gives up a call whose task is cancelled") { fixture in
            let cancelled = Task { () async throws -> CacheError.Code? in
                withUnsafeCurrentTask { $0?.cancel() }
                return try await Self.code { try await fixture.begin() }
            }
            let code = try await cancelled.value
            let uploads = try await fixture.store.snapshot().uploads
            #expect(code == .unavailable)
            #expect(uploads == [:])
        },
        Self(name: "fails once it is closed") { fixture in
            try fixture.store.close()
            try fixture.store.close()
            #expect(try await code { try await fixture.store.ping() } == .unavailable)
            #expect(try await code { try await fixture.begin() } == .unavailable)
        },
        Self(name: "serves many at once") { fixture in
            let keys = fixture.logs(200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await fixture.claim(keys, try await fixture.begin()) }
                    group.addTask { _ = try await fixture.store.statistics() }
                }
                try await group.waitForAll()
            }
            let snapshot = try await fixture.store.snapshot()
            #expect(snapshot.objects.count == 200)
            #expect(snapshot.claims.count == 4000)
        },
    ]
}

import CacheCore
import TestServices
import Testing

extension MetadataStoreConformance {
    /// An open upload of a narinfo with a NAR, a listing and a log, and a text for the narinfo.
    private static func prepare(_ fixture: MetadataFixture) async throws -> UploadID {
        let upload = try await fixture.begin(roots: [narinfo])
        let claims = [
            NewClaim(key: try ObjectKey(narinfo), refs: [nar, listing]), NewClaim(key: try ObjectKey(listing)),
            NewClaim(key: try ObjectKey(log)), NewClaim(key: try ObjectKey(nar), narSize: 5),
        ]
        _ = try await fixture.store.claimChunk(claims, upload: upload, writeWindow: .seconds(1))
        let text = ObjectText(object: try await fixture.id(narinfo), bytes: [1, 2, 3], refs: [nar], narKey: nar)
        #expect(try await fixture.store.storeTexts([text], upload: upload))
        return upload
    }

    /// A busy period that ended long ago.
    private static let period = BusyPeriod(end: Timestamp(microseconds: 0), endBefore: Timestamp(microseconds: 0))

    /// The references of an object, by their keys.
    private static func refs(_ key: String, _ snapshot: LifecycleSnapshot) -> [String] {
        let object = snapshot.objects.values.first { $0.key == key }
        return (object?.refs ?? []).compactMap { snapshot.objects[$0]?.key }.sorted()
    }

    static let completing = [
        Self(name: "refuses an upload that lacks something, and changes nothing") { fixture in
            let upload = try await prepare(fixture)
            #expect(try await fixture.decide(upload, arrived: [log]) == .refused(.init(missing: [nar])))
            let snapshot = try await fixture.store.snapshot()
            #expect(snapshot.objects.values.allSatisfy { $0.state == .uploading && $0.refs == [] })
            #expect(snapshot.uploads[upload]?.state == .open)
        },
        Self(name: "publishes and commits an upload") { fixture in
            let store = fixture.store
            let upload = try await prepare(fixture)
            let id = try await fixture.id(narinfo)
            guard case .publishing(let items) = try await fixture.decide(upload, arrived: [nar, log]) else {
                Issue.record("it is not publishing")
                return
            }
            #expect(items == [PublishItem(id: id, key: try ObjectKey(narinfo), refs: [try await fixture.id(nar)])])
            #expect(try await fixture.decide(upload) == .publishing(items), "asked again")
            #expect(try await store.upload(upload)?.state == .publishing)
            #expect(try await store.publishingUploads(after: UploadID(rawValue: 0), limit: 1) == [upload])
            #expect(try await store.publishingUploads(after: upload, limit: 1) == [])
            #expect(try await store.releaseClaims(of: upload, limit: 10).progress == .notFinished)
            try await store.dropUpload(upload)
            #expect(try await store.dropUploads(olderThan: .zero, limit: 10) == [])
            fixture.clock.advance(by: .seconds(5))
            let lease = try await store.renewBusy([id], upload: upload, busyPeriod: .seconds(120))
            let now = fixture.clock.now
            let period = BusyPeriod(from: now, length: .seconds(120), busyUntil: Self.period.end)
            #expect(lease == PublishLease(instant: now, texts: [id: [1, 2, 3]], periods: [id: period]))
            #expect(try await store.snapshot().objects[id]?.busyUntil == period.end)
            let next = try await store.renewBusy([id], upload: upload, busyPeriod: .seconds(60))?.periods[id]
            #expect(next == BusyPeriod(end: period.end + .microseconds(1), endBefore: period.end))
            #expect(try await store.commit(upload, published: [:]) == false)
            #expect(try await store.closure(narinfo) == nil)
            #expect(try await store.commit(upload, published: [id: try #require(next)]))
            #expect(try await store.snapshot().objects[id]?.busyUntil == period.end, "the first write may yet come")
            #expect(try await store.commit(upload, published: [:]), "it is committed already")
            #expect(try await fixture.decide(upload) == .completed)
            let snapshot = try await store.snapshot()
            #expect(refs(narinfo, snapshot) == [nar])
            let extras = try await fixture.id(log)
            #expect(
                snapshot.closures == [
                    .init(
                        key: narinfo, object: id, extras: [extras], updatedAt: fixture.clock.now, isPinned: false)
                ])
            #expect(snapshot.objects.values.filter { $0.state == .live }.count == 3)
            #expect(try await store.statistics() == StoreStatistics(objects: 3, bytes: 23, pendingUploads: 0))
            #expect(
                try await store.closure(narinfo)
                    == ClosureContents(
                        key: narinfo, updatedAt: fixture.clock.now, objects: [narinfo, log, nar].sorted()))
        },
        Self(name: "claims what an upload reaches and does not list") { fixture in
            let store = fixture.store
            let first = try await prepare(fixture)
            _ = try await fixture.decide(first, arrived: [nar])
            #expect(try await store.commit(first, published: [try await fixture.id(narinfo): period]))
            while try await store.releaseClaims(of: first, limit: 1).progress == .more {}
            #expect(try await store.snapshot().claims == [])
            // Another root refers to it and lists nothing but itself, which is published.
            let second = try await fixture.begin(roots: [dependency])
            let claim = NewClaim(key: try ObjectKey(dependency), refs: [narinfo])
            _ = try await store.claimChunk([claim], upload: second, writeWindow: .zero)
            let id = try await fixture.id(dependency)
            #expect(try await store.storeTexts([ObjectText(object: id, bytes: [1])], upload: second))
            let reached = [try await fixture.id(narinfo), try await fixture.id(nar)]
            guard case .publishing = try await fixture.decide(second) else {
                Issue.record("it is not publishing")
                return
            }
            let claims = try await store.snapshot().claims.filter { $0.upload == second }
            #expect(Set(claims.map(\.object)) == Set(reached + [id]))
            #expect(claims.filter(\.isPublished).map(\.object) == [id])
            #expect(try await store.commit(second, published: [id: period]))
            #expect(try await store.closure(dependency)?.objects == [narinfo, dependency, nar].sorted())
        },
        Self(name: "publishes too what only another upload is publishing") { fixture in
            let store = fixture.store
            let first = try await prepare(fixture)
            let second = try await fixture.begin(roots: [narinfo])
            try await fixture.claim([narinfo], second)
            guard case .publishing(let items) = try await fixture.decide(first, arrived: [nar]) else {
                Issue.record("it is not publishing")
                return
            }
            #expect(try await fixture.decide(second) == .publishing(items))
            let id = try await fixture.id(narinfo)
            let texts = try await store.renewBusy([id], upload: first, busyPeriod: .seconds(1))?.texts
            #expect(texts?[id] != nil)
            #expect(try await store.renewBusy([id], upload: second, busyPeriod: .seconds(1))?.texts == texts)
        },
        Self(name: "touches the roots that there are") { fixture in
            let store = fixture.store
            let upload = try await prepare(fixture)
            _ = try await fixture.decide(upload, arrived: [nar])
            #expect(try await store.commit(upload, published: [try await fixture.id(narinfo): period]))
            #expect(try await store.closure(narinfo)?.updatedAt == MetadataFixture.start)
            fixture.clock.advance(by: .seconds(60))
            #expect(try await store.touchClosures([]) == [])
            #expect(try await store.touchClosures([dependency, "rubbish"]) == [])
            #expect(try await store.touchClosures([dependency, narinfo]) == [narinfo])
            #expect(try await store.closure(narinfo)?.updatedAt == fixture.clock.now)
        },
    ]
}

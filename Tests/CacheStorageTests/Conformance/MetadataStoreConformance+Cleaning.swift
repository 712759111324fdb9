import CacheCore
import TestServices
import Testing

extension MetadataStoreConformance {
    static let cleaning = [
        Self(name: "releases claims by chunks") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            let entries = try await fixture.claim(fixture.logs(25), upload)
            let texts = entries.compactMap(\.id).map { ObjectText(object: $0, bytes: [1]) }
            #expect(try await store.storeTexts(texts, upload: upload))
            #expect(try await store.releaseClaims(of: upload, limit: 10).progress == .notFinished)
            try await store.dropUpload(upload)
            for progress in [ClaimRelease.Progress.more, .more, .done] {
                #expect(
                    try await store.releaseClaims(of: upload, limit: 10)
                        == ClaimRelease(instant: fixture.clock.now, progress: progress))
            }
            #expect(try await store.snapshot().claims == [])
            // Their texts went with them.
            let other = try await fixture.begin()
            try await fixture.claim(fixture.logs(25), other)
            #expect(try await store.borrowTexts(for: texts.map(\.object), upload: other) == [:])
            #expect(try await store.unfinishedObjects(of: other, after: 0, limit: 99).allSatisfy { !$0.hasText })
        },
        Self(name: "drops open uploads that are older") { fixture in
            let store = fixture.store
            var uploads: [UploadID] = []
            for _ in 0..<4 {
                uploads.append(try await fixture.begin())
                fixture.clock.advance(by: .seconds(10))
            }
            #expect(try await store.dropUploads(olderThan: .seconds(3600), limit: 10) == [])
            #expect(try await store.dropUploads(olderThan: .seconds(20), limit: 2) == Array(uploads[0...1]))
            #expect(try await store.dropUploads(olderThan: .seconds(20), limit: 2) == [uploads[2]])
            #expect(try await store.upload(uploads[0])?.state == .dropped)
            #expect(
                try await store.upload(uploads[3])
                    == StartedUpload(id: uploads[3], state: .open, startedAt: fixture.clock.now - .seconds(10)))
            #expect(try await store.dropUploads(olderThan: .seconds(Int64.max), limit: 2) == [])
            #expect(try await store.statistics().pendingUploads == 1)
        },
        Self(name: "lists finished uploads, and removes what is over") { fixture in
            let store = fixture.store
            let uploads = [try await fixture.begin(), try await fixture.begin(), try await fixture.begin()]
            try await fixture.claim([log], uploads[0])
            try await store.dropUpload(uploads[0])
            fixture.clock.advance(by: .seconds(10))
            try await store.dropUpload(uploads[1])
            func finished(after: Int64 = 0, limit: Int = 9, window: Duration) async throws -> [FinishedUpload] {
                try await store.finishedUploads(
                    after: UploadID(rawValue: after), limit: limit, writeWindow: window)
            }
            let now = fixture.clock.now
            let first = FinishedUpload(id: uploads[0], hasClaims: true, isOver: false, instant: now)
            let second = FinishedUpload(id: uploads[1], hasClaims: false, isOver: false, instant: now)
            #expect(try await finished(window: .seconds(10)) == [first, second])
            #expect(try await finished(limit: 1, window: .seconds(10)) == [first])
            #expect(try await finished(after: uploads[0].rawValue, window: .seconds(10)) == [second])
            #expect(try await finished(window: .seconds(9)).map(\.isOver) == [true, true])
            #expect(try await store.removeUpload(uploads[0], writeWindow: .zero) == false, "it has a claim")
            #expect(try await store.removeUpload(uploads[1], writeWindow: .seconds(10)) == false, "it is not over")
            #expect(try await store.removeUpload(uploads[2], writeWindow: .zero) == false, "it is open")
            #expect(try await store.removeUpload(uploads[1], writeWindow: .seconds(9)))
            #expect(try await finished(window: .seconds(10)) == [first])
        },
        Self(name: "adds the statistics up") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            let ids = try await fixture.claim(fixture.logs(3), upload).compactMap(\.id)
            try await store.foldStatistics()
            for id in ids { _ = try await store.markArrived([ObjectArrival(id: id, size: 5)], upload: upload) }
            let expected = StoreStatistics(objects: 3, bytes: 15, pendingUploads: 1)
            #expect(try await store.statistics() == expected)
            for _ in 0..<2 {
                try await store.foldStatistics()
                #expect(try await store.statistics() == expected)
            }
            _ = try await store.markLost([ids[0]], by: .absence, upload: upload, writeWindow: .zero)
            try await store.foldStatistics()
            #expect(try await store.statistics() == StoreStatistics(objects: 2, bytes: 10, pendingUploads: 1))
            #expect(try await store.snapshot().countedObjects == 2)
        },
        Self(name: "tells the time of its clock") { fixture in
            #expect(try await fixture.store.instant() == MetadataFixture.start)
            fixture.clock.advance(by: .microseconds(1))
            #expect(try await fixture.store.instant() == MetadataFixture.start + .microseconds(1))
            try await fixture.store.ping()
        },
    ]
}

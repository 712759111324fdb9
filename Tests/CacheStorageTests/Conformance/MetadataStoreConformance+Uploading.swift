import CacheCore
import TestServices
import Testing

extension MetadataStoreConformance {
    static let uploading = [
        Self(name: "notes what a client says it uploaded, also beyond its upload") { fixture in
            let store = fixture.store
            #expect(try await store.noteUploaded([try ObjectKey(nar)]) == [])
            let first = try await fixture.begin()
            try await fixture.claim([log, narinfo], first)
            let second = try await fixture.begin()
            let nars = [NewClaim(key: try ObjectKey(nar), narSize: 5)]
            _ = try await store.claimChunk(nars, upload: first, writeWindow: .zero)
            _ = try await store.claimChunk(nars, upload: second, writeWindow: .zero)
            let id = try await fixture.id(nar)
            let noted = UploadedObject(
                key: try ObjectKey(nar), upload: second, object: id, state: .uploading, narSize: 5)
            #expect(try await store.noteUploaded([]) == [])
            #expect(try await store.noteUploaded([try ObjectKey(nar)]) == [noted])
            #expect(try await store.noteUploaded([try ObjectKey(narinfo)]).map(\.upload) == [first])
            let several = try await store.noteUploaded([nar, listing, narinfo].map { try ObjectKey($0) })
            #expect(
                Dictionary(uniqueKeysWithValues: several.map { ($0.key.text, $0.upload) }) == [
                    nar: second, narinfo: first,
                ])
            try await store.dropUpload(second)
            #expect(try await store.noteUploaded([try ObjectKey(nar)]).map(\.upload) == [first])
            try await store.dropUpload(first)
            #expect(try await store.noteUploaded([try ObjectKey(nar)]) == [])
            let third = try await fixture.claim([log, nar, narinfo], try await fixture.begin())
            let decisions = Dictionary(uniqueKeysWithValues: third.map { ($0.key.text, $0.decision) })
            #expect(
                decisions == [
                    nar: .upload(isRegistered: true), log: .upload(isRegistered: false),
                    narinfo: .upload(isRegistered: false),
                ])
        },
        Self(name: "makes live what the same upload still claims") { fixture in
            let store = fixture.store
            let (upload, other) = (try await fixture.begin(), try await fixture.begin())
            let ids = try await fixture.claim([log, nar], upload).compactMap(\.id)
            let arrivals = ids.map { ObjectArrival(id: $0, size: 1000) } + [ObjectArrival(id: 99, size: 1)]
            #expect(try await store.markArrived(arrivals, upload: other) == [])
            #expect(try await store.markArrived([], upload: upload) == [])
            #expect(try await store.markArrived(arrivals, upload: upload) == Set(ids))
            #expect(try await store.markArrived(arrivals, upload: upload) == Set(ids), "again changes nothing")
            #expect(try await store.statistics() == StoreStatistics(objects: 2, bytes: 2000, pendingUploads: 2))
        },
        Self(name: "knows the multipart uploads of open uploads") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            let claims = [NewClaim(key: try ObjectKey(nar), narSize: 5)]
            let entries = try await store.claimChunk(claims, upload: upload, writeWindow: .zero)?.entries
            let object = try #require(entries?.first?.id)
            let records = ["a", "b"].map { MultipartRecord(object: object, key: nar, storeID: $0) }
            #expect(try await store.recordMultiparts(records, upload: upload))
            #expect(try await code { try await store.recordMultiparts([records[0]], upload: upload) } == .internal)
            let key = try ObjectKey(nar)
            let registered = RegisteredMultipart(
                instant: fixture.clock.now, upload: upload, object: object, narSize: 5)
            #expect(try await store.multipart(key: key, storeID: "a") == registered)
            #expect(try await store.multipart(key: key, storeID: "c") == nil)
            #expect(try await store.beginMultipartCompletion(key: key, storeID: "c", window: .seconds(1)) == nil)
            #expect(
                try await store.beginMultipartCompletion(key: key, storeID: "a", window: .seconds(60)) == registered)
            #expect(
                try await store.snapshot().objects[object]?.writableUntil == fixture.clock.now + .seconds(60))
            #expect(try await store.multipartsToAbort(limit: 10) == [])
            #expect(try await store.finishMultipart(records[0]) == [records[1]])
            #expect(try await store.multipart(key: key, storeID: "b") == nil, "it is given up")
            #expect(try await store.multipartsToAbort(limit: 10) == [records[1]])
            try await store.removeMultiparts(records)
            #expect(try await store.multipartsToAbort(limit: 10) == [])
            let again = try await fixture.claim([nar], try await fixture.begin())
            #expect(again.map(\.decision) == [.upload(isRegistered: true)])
        },
        Self(name: "gives up the multipart uploads of uploads that ended") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            let object = try #require(try await fixture.claim([nar], upload).first?.id)
            let records = ["b", "a", "c"].map { MultipartRecord(object: object, key: nar, storeID: $0) }
            #expect(try await store.recordMultiparts(records, upload: upload))
            try await store.dropUpload(upload)
            #expect(try await store.multipart(key: try ObjectKey(nar), storeID: "a") == nil)
            #expect(try await store.multipartsToAbort(limit: 2).map(\.storeID) == ["a", "b"])
            #expect(try await store.releaseClaims(of: upload, limit: 10).progress == .done)
            fixture.clock.advance(by: .seconds(1))
            #expect(try await store.removeUpload(upload, writeWindow: .zero) == false)
            try await store.removeMultiparts(records)
            #expect(try await store.removeUpload(upload, writeWindow: .zero))
        },
    ]
}

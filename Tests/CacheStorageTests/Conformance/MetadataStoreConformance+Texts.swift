import CacheCore
import TestServices
import Testing

extension MetadataStoreConformance {
    static let texts = [
        Self(name: "knows which keys an upload lists") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            let id = try #require(try await fixture.claim([narinfo], upload).first?.id)
            try await fixture.claim([log], try await fixture.begin())
            #expect(try await store.listedObjects([narinfo, log, "rubbish"], upload: upload) == [narinfo: id])
            #expect(try await store.listedObjects([], upload: upload) == [:])
        },
        Self(name: "keeps a text with a claim; the last one counts") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin(roots: [narinfo])
            let id = try #require(try await fixture.claim([narinfo], upload).first?.id)
            func text(_ bytes: [UInt8], staged: Bool) -> ObjectText {
                ObjectText(object: id, bytes: bytes, refs: [], narKey: nil, isStaged: staged)
            }
            func unfinished() async throws -> [UnfinishedObject] {
                try await store.unfinishedObjects(of: upload, after: 0, limit: 10)
            }
            let key = try ObjectKey(narinfo)
            #expect(try await unfinished() == [UnfinishedObject(id: id, key: key, narSize: nil, hasText: false)])
            #expect(try await store.storeTexts([text([1], staged: true)], upload: upload))
            #expect(try await unfinished() == [UnfinishedObject(id: id, key: key, narSize: nil, hasText: false)])
            let all: [UInt8] = Array(0...255)
            #expect(try await store.storeTexts([text([2], staged: true), text(all, staged: false)], upload: upload))
            #expect(try await unfinished() == [UnfinishedObject(id: id, key: key, narSize: nil, hasText: true)])
            #expect(
                try await fixture.decide(upload) == .publishing([PublishItem(id: id, key: key, refs: [])]))
            #expect(try await store.renewBusy([id], upload: upload, busyPeriod: .seconds(1))?.texts == [id: all])
        },
        Self(name: "refuses a text for what the upload does not claim") { fixture in
            let upload = try await fixture.begin()
            try await fixture.claim([narinfo], upload)
            let text = ObjectText(object: 99, bytes: [1])
            #expect(try await code { try await fixture.store.storeTexts([text], upload: upload) } == .internal)
        },
        Self(name: "borrows the newest text of another upload, or says who claims") { fixture in
            let store = fixture.store
            let uploads = [try await fixture.begin(), try await fixture.begin(), try await fixture.begin()]
            for upload in uploads { try await fixture.claim([narinfo, dependency], upload) }
            let (id, other) = (try await fixture.id(narinfo), try await fixture.id(dependency))
            for (byte, upload) in zip([1, 2] as [UInt8], uploads) {
                #expect(try await store.storeTexts([ObjectText(object: id, bytes: [byte])], upload: upload))
            }
            #expect(
                try await store.borrowTexts(for: [id, other], upload: uploads[2]) == [other: [uploads[1], uploads[0]]])
            #expect(try await store.borrowTexts(for: [id], upload: uploads[2]) == [:])
            guard case .publishing = try await fixture.decide(uploads[2]) else {
                #expect(try await fixture.decide(uploads[2]) == .refused(.init(missing: [dependency])))
                return
            }
            Issue.record("it lacks a narinfo")
        },
        Self(name: "lists what is not live by pages") { fixture in
            let store = fixture.store
            let upload = try await fixture.begin()
            let entries = try await fixture.claim(fixture.logs(25), upload)
            let ids = entries.compactMap(\.id).sorted()
            _ = try await store.markArrived([ObjectArrival(id: ids[3], size: 1)], upload: upload)
            var found: [ObjectID] = []
            while true {
                let page = try await store.unfinishedObjects(of: upload, after: found.last ?? 0, limit: 10)
                guard !page.isEmpty else { break }
                #expect(page.count <= 10)
                found += page.map(\.id)
            }
            #expect(found == ids.filter { $0 != ids[3] })
        },
    ]
}

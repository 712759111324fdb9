import CacheCore
import Testing

extension ObjectStoreConformance {
    private static let type = "application/x-nix-nar"

    static let multiparts: [ObjectStoreConformance] = [
        Self(name: "parts in any order become the object") { fixture in
            let key = "nar/big.nar.zst"
            let bodies = [pattern(partSize, seed: 1), pattern(partSize, seed: 2), pattern(1234, seed: 3)]
            let id = try await fixture.store.beginMultipart(for: key, contentType: type, maximumSize: nil)
            var parts: [CompletedPart] = []
            for number in [3, 1, 2] {
                parts.append(try await fixture.part(number, of: key, id, bodies[number - 1]))
                #expect(try await fixture.store.attributes(of: key) == nil)
            }
            let listed = try await fixture.store.listParts(for: key, uploadID: id, after: nil, limit: 1000)
            #expect(listed.parts.map(\.partNumber) == [1, 2, 3])
            #expect(listed.parts.map(\.size) == [Int64(partSize), Int64(partSize), 1234])
            #expect(!listed.hasMore)
            let rest = try await fixture.store.listParts(for: key, uploadID: id, after: 1, limit: 1)
            #expect(rest.parts.map(\.partNumber) == [2])
            #expect(rest.hasMore)

            parts.sort { $0.partNumber < $1.partNumber }
            try await fixture.store.completeMultipart(for: key, uploadID: id, parts: parts, lease: fixture.lease)
            let attributes = try #require(try await fixture.store.attributes(of: key))
            #expect(attributes.size == Int64(2 * partSize + 1234))
            #expect(attributes.contentType == type)
            #expect(attributes.etag.hasSuffix("-3"))
            let bytes = try #require(try await fixture.read(key)).bytes
            #expect(bytes == bodies.flatMap { $0 })
            let error = try await code {
                try await fixture.store.listParts(for: key, uploadID: id, after: nil, limit: 1)
            }
            #expect(error == .noSuchUpload)
        },
        Self(name: "parts that the server sends itself become the object") { fixture in
            let key = "nar/big.nar.zst"
            let bodies = [pattern(partSize, seed: 1), pattern(partSize, seed: 2), pattern(1234, seed: 3)]
            let id = try await fixture.store.beginMultipart(for: key, contentType: type, maximumSize: nil)
            var parts: [CompletedPart] = []
            for (index, body) in bodies.enumerated() {
                let part = try await fixture.store.putPart(body, of: key, uploadID: id, partNumber: index + 1)
                #expect(part.partNumber == index + 1)
                parts.append(part)
            }
            try await fixture.store.completeMultipart(for: key, uploadID: id, parts: parts, lease: fixture.lease)
            #expect(try await fixture.read(key)?.bytes == bodies.flatMap { $0 })
            let late = try await code {
                try await fixture.store.putPart([1], of: key, uploadID: id, partNumber: 4)
            }
            #expect(late == .noSuchUpload)
            let other = try await fixture.store.beginMultipart(for: key, contentType: type, maximumSize: nil)
            for number in [0, 10_001] {
                await #expect(throws: ObjectStoreError.self) {
                    try await fixture.store.putPart([1], of: key, uploadID: other, partNumber: number)
                }
            }
        },
        Self(name: "a part that is sent again counts as sent last") { fixture in
            let id = try await fixture.store.beginMultipart(for: "key", contentType: type, maximumSize: nil)
            let old = try await fixture.part(1, of: "key", id, pattern(4096, seed: 1))
            let new = try await fixture.part(1, of: "key", id, pattern(4096, seed: 2))
            let error = try await code {
                try await fixture.store.completeMultipart(for: "key", uploadID: id, parts: [old], lease: fixture.lease)
            }
            #expect(error == .invalidPart)
            #expect(try await fixture.store.attributes(of: "key") == nil)
            try await fixture.store.completeMultipart(for: "key", uploadID: id, parts: [new], lease: fixture.lease)
            #expect(try await fixture.read("key")?.bytes == pattern(4096, seed: 2))
        },
        Self(name: "ETags are taken with and without quotes") { fixture in
            for quotes in ["", "\""] {
                let id = try await fixture.store.beginMultipart(for: "key", contentType: type, maximumSize: nil)
                var part = try await fixture.part(1, of: "key", id, [7])
                part.etag = quotes + part.etag.filter { $0 != "\"" } + quotes
                try await fixture.store.completeMultipart(for: "key", uploadID: id, parts: [part], lease: fixture.lease)
                #expect(try await fixture.read("key")?.bytes == [7])
            }
        },
        Self(name: "a part that is missing is named") { fixture in
            let id = try await fixture.store.beginMultipart(for: "key", contentType: type, maximumSize: nil)
            let part = try await fixture.part(1, of: "key", id, [7])
            let absent = CompletedPart(partNumber: 2, etag: part.etag)
            let error = try await code {
                try await fixture.store.completeMultipart(
                    for: "key", uploadID: id, parts: [part, absent], lease: fixture.lease)
            }
            #expect(error == .invalidPart)
            #expect(try await fixture.keys() == [])
        },
        Self(name: "an upload without parts is not completed") { fixture in
            let id = try await fixture.store.beginMultipart(for: "key", contentType: type, maximumSize: nil)
            let error = try await code {
                try await fixture.store.completeMultipart(for: "key", uploadID: id, parts: [], lease: fixture.lease)
            }
            #expect(error == .invalidPart)
            #expect(try await fixture.keys() == [])
        },
        Self(name: "a part's number is from 1 to 10,000") { fixture in
            let id = try await fixture.store.beginMultipart(for: "key", contentType: type, maximumSize: nil)
            for number in [-1, 0, 10_001] {
                let error = try await code {
                    try await fixture.store.presignedPart(
                        for: "key", uploadID: id, partNumber: number, grant: fixture.grant)
                }
                #expect(error == .invalidPart)
            }
            let part = try await fixture.part(10_000, of: "key", id, [7])
            try await fixture.store.completeMultipart(for: "key", uploadID: id, parts: [part], lease: fixture.lease)
            #expect(try await fixture.read("key")?.bytes == [7])
        },
        Self(name: "an unknown upload is told apart") { fixture in
            let id = try await fixture.store.beginMultipart(for: "key", contentType: type, maximumSize: nil)
            let part = try await fixture.part(1, of: "key", id, [7])
            let unknown = String(id.reversed())
            let error = try await code {
                try await fixture.store.completeMultipart(
                    for: "key", uploadID: unknown, parts: [part], lease: fixture.lease)
            }
            #expect(error == .noSuchUpload)
            try await fixture.store.abortMultipart(for: "key", uploadID: unknown)
            #expect(try await fixture.store.listMultiparts(prefix: "", after: nil, limit: 10).uploads.count == 1)
        },
        Self(name: "an aborted upload takes no part and cannot be completed") { fixture in
            let id = try await fixture.store.beginMultipart(for: "key", contentType: type, maximumSize: nil)
            let part = try await fixture.part(1, of: "key", id, [7])
            let url = try await fixture.store.presignedPart(
                for: "key", uploadID: id, partNumber: 2, grant: fixture.grant)
            try await fixture.store.abortMultipart(for: "key", uploadID: id)
            try await fixture.store.abortMultipart(for: "key", uploadID: id)
            let reply = try await fixture.put([1], to: url, contentType: nil, contentEncoding: nil)
            #expect(reply.status == 404)
            let error = try await code {
                try await fixture.store.completeMultipart(for: "key", uploadID: id, parts: [part], lease: fixture.lease)
            }
            #expect(error == .noSuchUpload)
            #expect(try await fixture.keys() == [])
        },
        Self(name: "uploads are listed by pages until they end") { fixture in
            var ids: [String: String] = [:]
            for key in ["nar/b", "nar/a", "other", "nar/c"] {
                ids[key] = try await fixture.store.beginMultipart(for: key, contentType: type, maximumSize: nil)
            }
            var marker: MultipartPage.Marker?
            var found: [MultipartPage.Entry] = []
            repeat {
                let page = try await fixture.store.listMultiparts(prefix: "nar/", after: marker, limit: 2)
                found += page.uploads
                marker = page.next
            } while marker != nil
            #expect(found.map(\.key) == ["nar/a", "nar/b", "nar/c"])
            #expect(found.map(\.uploadID) == ["nar/a", "nar/b", "nar/c"].map { ids[$0] })
            for (key, id) in ids { try await fixture.store.abortMultipart(for: key, uploadID: id) }
            #expect(
                try await fixture.store.listMultiparts(prefix: "", after: nil, limit: 10)
                    == MultipartPage(uploads: [], next: nil))
        },
    ]
}

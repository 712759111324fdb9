import CacheCore
import Testing

extension ObjectStoreConformance {
    static let uploads: [ObjectStoreConformance] = [
        Self(name: "a presigned PUT writes the object with its headers") { fixture in
            for key in ["0a.narinfo", "pending/7/0a.narinfo", "realisations/sha256:ab!out.doi", "log/g++ ü%.drv"] {
                let url = try await fixture.store.presignedPut(for: key, grant: fixture.grant)
                let reply = try await fixture.put(
                    Array(key.utf8), to: url, contentType: "application/json", contentEncoding: "zstd")
                #expect(reply.status == 200, "\(key)")
                let attributes = try #require(try await fixture.store.attributes(of: key))
                #expect(attributes.contentType == "application/json")
                #expect(attributes.contentEncoding == "zstd")
                #expect(reply.etag?.filter { $0 != "\"" } == attributes.etag)
                #expect(try await fixture.text(key) == key)
            }
        },
        Self(name: "a presigned URL can be used again") { fixture in
            let url = try await fixture.store.presignedPut(for: "key", grant: fixture.grant)
            for text in ["first", "second"] {
                let reply = try await fixture.put(Array(text.utf8), to: url, contentType: nil, contentEncoding: nil)
                #expect(reply.status == 200)
                #expect(try await fixture.text("key") == text)
            }
        },
        Self(name: "a presigned URL is good for its key alone") { fixture in
            let url = try await fixture.store.presignedPut(for: "mine", grant: fixture.grant)
            let changed = url.replacing("/mine?", with: "/yours?")
            let reply = try await fixture.put([1], to: changed, contentType: nil, contentEncoding: nil)
            #expect(reply.status == 403)
            #expect(try await fixture.keys() == [])
        },
        Self(name: "a presigned URL ends") { fixture in
            var grant = fixture.grant
            grant.signedAt = fixture.now() - .seconds(7200)
            let url = try await fixture.store.presignedPut(for: "key", grant: grant)
            let reply = try await fixture.put([1], to: url, contentType: nil, contentEncoding: nil)
            #expect(reply.status == 403)
            #expect(try await fixture.keys() == [])
        },
    ]
}

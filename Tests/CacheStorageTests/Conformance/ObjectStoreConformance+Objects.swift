import CacheCore
import Testing

extension ObjectStoreConformance {
    static let oddKeys = [
        "a", "a/b", "a/b/c", "with space", "per%cent%2F", "plus+and=and?and&", "sha256:0123!out.doi", "log/g++-1.2.drv",
        "log/..-evil.drv", "ünïcödé/ключ", "quote\"and'back\\slash", "~tilde", "at@", "comma,semi;", "new\nline",
        "dots/.../...", String(repeating: "0123456789/", count: 90) + "end",
    ]

    static let objects: [ObjectStoreConformance] = [
        Self(name: "what was never written is absent") { fixture in
            let attributes = try await fixture.store.attributes(of: "absent")
            #expect(attributes == nil)
            #expect(try await fixture.text("absent") == nil)
        },
        Self(name: "what is written can be read, with its attributes") { fixture in
            try await fixture.store.put(
                Array("hello".utf8), to: "nar/x", contentType: "text/x-nix-narinfo", contentEncoding: "zstd",
                lease: fixture.lease)
            let attributes = try #require(try await fixture.store.attributes(of: "nar/x"))
            #expect(attributes.size == 5)
            #expect(attributes.contentType == "text/x-nix-narinfo")
            #expect(attributes.contentEncoding == "zstd")
            #expect(attributes.etag.isEmpty == false && attributes.etag.contains("\"") == false)
            #expect(abs((attributes.lastModified - fixture.now()).components.seconds) < 60)
            let content = try #require(try await fixture.store.content(of: "nar/x", range: nil))
            #expect(content.attributes == attributes)
            #expect(try await fixture.text("nar/x") == "hello")
        },
        Self(name: "an encoding is kept when there is one") { fixture in
            for encoding in [nil, "zstd", "gzip"] {
                try await fixture.store.put(
                    [1, 2], to: "key", contentType: "text/plain", contentEncoding: encoding, lease: fixture.lease)
                #expect(try await fixture.store.attributes(of: "key")?.contentEncoding == encoding)
                let content = try await fixture.store.content(of: "key", range: .from(1, through: nil))
                #expect(content?.attributes.contentEncoding == encoding)
                #expect(try await fixture.read("key")?.bytes == [1, 2])
            }
        },
        Self(name: "an empty object is an object") { fixture in
            try await fixture.put("", to: "empty")
            #expect(try await fixture.store.attributes(of: "empty")?.size == 0)
            let content = try #require(try await fixture.read("empty"))
            #expect(content.range == 0..<0)
            #expect(content.bytes == [])
        },
        Self(name: "a replaced object has another ETag, a restored one its old one") { fixture in
            var etags: [String?] = []
            for text in ["one", "two", "one"] {
                try await fixture.put(text, to: "key")
                etags.append(try await fixture.store.attributes(of: "key")?.etag)
                #expect(try await fixture.text("key") == text)
            }
            #expect(etags[0] != etags[1])
            #expect(etags[0] == etags[2])
        },
        Self(name: "odd keys are kept apart") { fixture in
            for key in oddKeys { try await fixture.put("<\(key)>", to: key) }
            for key in oddKeys { #expect(try await fixture.text(key) == "<\(key)>") }
            #expect(try await fixture.keys() == oddKeys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            let outcomes = try await fixture.store.delete(oddKeys, lease: fixture.lease)
            #expect(outcomes.count == oddKeys.count)
            #expect(outcomes.values.allSatisfy { $0 == nil })
            #expect(try await fixture.keys() == [])
        },
        Self(name: "a key that is too long is refused") { fixture in
            let key = String(repeating: "0123456789/", count: 100)
            await #expect(throws: ObjectStoreError.self) { try await fixture.put("x", to: key) }
        },
        Self(name: "ranges give what they name") { fixture in
            try await fixture.put("0123456789", to: "digits")
            let cases: [(ByteRange, Range<Int64>, String)] = [
                (.from(0, through: nil), 0..<10, "0123456789"),
                (.from(3, through: 5), 3..<6, "345"),
                (.from(9, through: 9), 9..<10, "9"),
                (.from(7, through: 99), 7..<10, "789"),
                (.from(8, through: nil), 8..<10, "89"),
                (.last(4), 6..<10, "6789"),
                (.last(40), 0..<10, "0123456789"),
            ]
            for (range, expected, text) in cases {
                let content = try #require(try await fixture.read("digits", range))
                #expect(content.range == expected, "\(range)")
                #expect(String(decoding: content.bytes, as: UTF8.self) == text, "\(range)")
            }
            let attributes = try await fixture.store.attributes(of: "digits")
            for range in [
                ByteRange.from(10, through: nil), .from(99, through: 100), .from(5, through: 4), .last(0),
            ] {
                let content = try #require(try await fixture.store.content(of: "digits", range: range))
                #expect(content.range.isEmpty, "\(range)")
                #expect(content.attributes == attributes)
                #expect(try await fixture.read("digits", range)?.bytes == [], "\(range)")
            }
            try await fixture.put("", to: "empty")
            for range in [ByteRange.from(0, through: nil), .from(0, through: 0), .last(1)] {
                #expect(try await fixture.read("empty", range)?.range == 0..<0, "\(range)")
                #expect(try await fixture.read("absent", range) == nil, "\(range)")
            }
        },
        Self(name: "a large object comes whole, and in ranges") { fixture in
            let bytes = pattern(3 << 20 | 1)
            try await fixture.store.put(
                bytes, to: "large", contentType: "application/octet-stream", contentEncoding: nil,
                lease: fixture.lease)
            let whole = try #require(try await fixture.read("large")).bytes
            #expect(whole == bytes)
            let middle = try #require(try await fixture.read("large", .from(1_000_000, through: 2_000_000))).bytes
            #expect(middle == Array(bytes[1_000_000...2_000_000]))
        },
        Self(name: "deleting is for certain, and what is absent counts as deleted") { fixture in
            for key in ["one", "two", "dir/three"] { try await fixture.put(key, to: key) }
            let outcomes = try await fixture.store.delete(["one", "dir/three", "absent"], lease: fixture.lease)
            #expect(Set(outcomes.keys) == ["one", "dir/three", "absent"])
            #expect(outcomes.values.allSatisfy { $0 == nil })
            #expect(try await fixture.keys() == ["two"])
            #expect(try await fixture.store.attributes(of: "dir/three") == nil)
        },
        Self(name: "a write after its lease has no effect") { fixture in
            let error = try await code {
                try await fixture.store.put(
                    [1], to: "late", contentType: "text/plain", contentEncoding: nil, lease: fixture.pastLease)
            }
            #expect(error == .expired)
            #expect(try await fixture.store.attributes(of: "late") == nil)
        },
        Self(name: "a delete after its lease has no effect") { fixture in
            try await fixture.put("stays", to: "key")
            let error = try await code {
                let outcomes = try await fixture.store.delete(["key"], lease: fixture.pastLease)
                if case let error?? = outcomes["key"] { throw error }
            }
            #expect(error == .expired)
            #expect(try await fixture.text("key") == "stays")
        },
        Self(name: "a delete of many after its lease has no effect on any") { fixture in
            for key in ["a", "b", "nar/c"] { try await fixture.put(key, to: key) }
            var outcomes: [String: ObjectStoreError?] = [:]
            let error = try await code {
                outcomes = try await fixture.store.delete(["a", "b", "nar/c", "absent"], lease: fixture.pastLease)
            }
            #expect(error == .expired || outcomes.values.allSatisfy { $0?.code == .expired })
            #expect(try await fixture.keys() == ["a", "b", "nar/c"])
        },
        Self(name: "a write after its lease leaves what is there") { fixture in
            try await fixture.put("old", to: "key")
            let error = try await code {
                try await fixture.store.put(
                    Array("new".utf8), to: "key", contentType: "a/b", contentEncoding: nil, lease: fixture.pastLease)
            }
            #expect(error == .expired)
            #expect(try await fixture.text("key") == "old")
        },
        Self(name: "a thousand objects are deleted at once, a key that comes twice counting once") { fixture in
            let keys = (0..<1000).map { "nar/\($0).nar.zst" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, key) in keys.enumerated() {
                    if index >= 16 { try await group.next() }
                    group.addTask { try await fixture.put("", to: key) }
                }
                try await group.waitForAll()
            }
            try await fixture.put("", to: "nar/kept")
            let outcomes = try await fixture.store.delete(keys[..<998] + [keys[0], keys[0]], lease: fixture.lease)
            #expect(Set(outcomes.keys) == Set(keys[..<998]))
            #expect(outcomes.values.allSatisfy { $0 == nil })
            #expect(try await fixture.keys() == ["nar/998.nar.zst", "nar/999.nar.zst", "nar/kept"])
        },
        Self(name: "nothing is deleted when no key is given") { fixture in
            try await fixture.put("stays", to: "key")
            #expect(try await fixture.store.delete([], lease: fixture.lease).isEmpty)
            #expect(try await fixture.keys() == ["key"])
        },
        Self(name: "the store says that it is ready") { fixture in
            try await fixture.store.check()
            #expect(try await fixture.keys() == [])
        },
    ]
}

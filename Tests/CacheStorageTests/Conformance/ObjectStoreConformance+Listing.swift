import CacheCore
import Testing

extension ObjectStoreConformance {
    /// In byte order.
    static let listedKeys = [
        "0a.narinfo", "0b.ls", "0b.narinfo", "1", "a", "a-b", "a/", "a/b", "a/b/c", "a0", "log/x.drv", "nar/0.nar",
        "nar/00.nar.zst", "nar/01.nar.zst", "nar/1.nar", "pending/1/0a.narinfo", "pending/10/0a.narinfo",
        "pending/2/nar/x", "pins/main", "realisations/sha256:ab!out.doi", "z",
    ]

    static let listing: [ObjectStoreConformance] = [
        Self(name: "an empty store lists nothing") { fixture in
            let page = try await fixture.store.list(prefix: "", after: nil, limit: 10)
            #expect(page == ObjectPage(objects: [], hasMore: false))
        },
        Self(name: "keys come in byte order, by pages") { fixture in
            for key in listedKeys.shuffled() { try await fixture.put(key, to: key) }
            for limit in [1, 2, 7, 20, 21, 1000] {
                #expect(try await fixture.keys(limit: limit) == listedKeys, "limit \(limit)")
            }
        },
        Self(name: "a prefix selects") { fixture in
            for key in listedKeys { try await fixture.put(key, to: key) }
            for prefix in [
                "a", "a/", "a/b", "n", "nar/0", "nar/0.", "pending/1", "pending/1/", "zz", "realisations/sha",
            ] {
                #expect(
                    try await fixture.keys(prefix: prefix, limit: 3) == listedKeys.filter { $0.hasPrefix(prefix) },
                    "\(prefix)")
            }
        },
        Self(name: "a listing goes on after any key") { fixture in
            for key in listedKeys { try await fixture.put(key, to: key) }
            for after in listedKeys + ["", "a.", "a/a", "nar", "nar/", "nar/00", "pending/1/z", "zz"] {
                let page = try await fixture.store.list(prefix: "", after: after, limit: 1000)
                #expect(
                    page.objects.map(\.key)
                        == listedKeys.filter { after.utf8.lexicographicallyPrecedes($0.utf8) }, "\(after)")
                #expect(!page.hasMore)
            }
        },
        Self(name: "an entry tells size and time") { fixture in
            try await fixture.put("12345", to: "key")
            let entry = try #require(try await fixture.store.list(prefix: "k", after: nil, limit: 1).objects.first)
            #expect(entry.size == 5)
            #expect(abs((entry.lastModified - fixture.now()).components.seconds) < 60)
        },
    ]
}

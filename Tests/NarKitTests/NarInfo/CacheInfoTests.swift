import Testing

@testable import NarKit

@Suite struct CacheInfoTests {
    @Test func writesToTheLetter() throws {
        let info = CacheInfo()
        #expect(info.serialized() == "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n")
        #expect(try CacheInfo(parsing: info.serialized()) == info)
        let other = CacheInfo(storeDirectory: try StoreDirectory("/a"), wantMassQuery: false, priority: -1)
        #expect(other.serialized() == "StoreDir: /a\nWantMassQuery: 0\nPriority: -1\n")
        #expect(try CacheInfo(parsing: other.serialized()) == other)
    }

    @Test(arguments: [
        "", "\n\n", "Unknown: x\n", "no colon\n", "WantMassQuery: 0\n", "WantMassQuery: true\n", "Priority: 50",
        "Priority:50\r\nStoreDir:/nix/store\r\n",
    ])
    func readsDefaults(_ text: String) throws {
        #expect(try CacheInfo(parsing: text) == CacheInfo(wantMassQuery: false, priority: 50))
    }

    @Test(arguments: [
        ("Priority: high\n", #"The Priority "high" in a nix-cache-info file must be a whole number."#),
        ("Priority: \n", #"The Priority "" in a nix-cache-info file must be a whole number."#),
        (
            "StoreDir: nix\n",
            #""nix" is not a store directory: it must be an absolute path such as /nix/store, without a slash at its end and without . and ..."#
        ),
        (
            String(repeating: "x", count: 65_537),
            "A nix-cache-info file has 65537 bytes, but at most 65536 are read: check the URL of the cache."
        ),
    ])
    func refuses(_ text: String, _ message: String) throws {
        let error = try #require(throws: NarKitError.self) { try CacheInfo(parsing: text) }
        #expect(error.message == message)
    }
}

import NarKit
import Testing

@Suite("Listings")
struct NarListingTests {
    private func listing(_ json: String) throws(NarKitError) -> NarListing {
        try NarListing(parsing: Array(json.utf8))
    }

    @Test(
        "What Nix writes is read and written again, byte for byte",
        arguments: [
            #"{"version":1,"root":{"type":"regular","size":5,"narOffset":96}}"#,
            #"{"version":1,"root":{"type":"regular","size":0,"executable":true,"narOffset":136}}"#,
            #"{"version":1,"root":{"type":"symlink","target":"a/\"b\"\\\u0001\n"}}"#,
            #"{"version":1,"root":{"type":"directory","entries":{}}}"#,
            #"{"version":1,"root":{"type":"directory","entries":{"a":{"type":"directory","entries":{}},"b":{"type":"directory","entries":{"c":{"type":"symlink","target":"x"}}},"ä":{"type":"symlink","target":"y"}}}}"#,
        ])
    func roundTrip(json: String) throws {
        #expect(String(decoding: try listing(json).serialized(), as: UTF8.self) == json)
    }

    @Test("Other spellings of the same are read")
    func otherSpellings() throws {
        let expected = #"{"version":1,"root":{"type":"directory","entries":{"é😀/":0}}}"#
        let json = """
            { "root" : {"entries": {"\\u00e9\\ud83d\\ude00": {"narOffset":96,"executable":false,"size":1,"type":"regular"}},
              "type":"directory"}, "version":1 }\n
            """
        let root = try listing(json).root
        #expect(root["é😀"]?.kind == .regular(size: 1, isExecutable: false, narOffset: 96))
        #expect(throws: NarKitError.self) { try listing(expected) }
    }

    @Test("Nodes are found by name")
    func nodes() throws {
        let root = try listing(
            #"{"version":1,"root":{"type":"directory","entries":{"bin":{"type":"directory","entries":{"sh":{"type":"regular","size":9,"executable":true,"narOffset":400}}},"lib":{"type":"symlink","target":"bin"}}}}"#
        ).root
        #expect(root.kind == .directory)
        #expect(root.entries.map(\.name) == [Array("bin".utf8), Array("lib".utf8)])
        #expect(root["bin"]?["sh"]?.kind == .regular(size: 9, isExecutable: true, narOffset: 400))
        #expect(root["lib"]?.kind == .symlink(target: Array("bin".utf8)))
        #expect(root["sh"] == nil)
        #expect(root["lib"]?.entries.map(\.name) == [])
    }

    @Test(
        "What is not a listing is refused",
        arguments: [
            "", "{}", "[]", #"{"version":1}"#, #"{"version":2,"root":{"type":"symlink","target":"x"}}"#,
            #"{"version":1,"root":{}}"#,
            #"{"version":1,"root":{"type":"symlink"}}"#,
            #"{"version":1,"root":{"type":"symlink","target":""}}"#,
            #"{"version":1,"root":{"type":"symlink","target":"x"}} x"#,
            #"{"version":1,"root":{"type":"symlink","target":"x","target":"y"}}"#,
            #"{"version":1,"root":{"type":"symlink","target":"x","size":1}}"#,
            #"{"version":1,"root":{"type":"regular","size":1}}"#,
            #"{"version":1,"root":{"type":"regular","size":-1,"narOffset":96}}"#,
            #"{"version":1,"root":{"type":"regular","size":01,"narOffset":96}}"#,
            #"{"version":1,"root":{"type":"regular","size":9223372036854775808,"narOffset":96}}"#,
            #"{"version":1,"root":{"type":"directory"}}"#,
            #"{"version":1,"root":{"type":"directory","entries":{"a":{}}}}"#,
            #"{"version":1,"root":{"type":"directory","entries":{"..":{"type":"symlink","target":"x"}}}}"#,
            #"{"version":1,"root":{"type":"directory","entries":{"a/b":{"type":"symlink","target":"x"}}}}"#,
            #"{"version":1,"root":{"type":"directory","entries":{"b":{"type":"symlink","target":"x"},"a":{"type":"symlink","target":"x"}}}}"#,
            #"{"version":1,"root":{"type":"directory","entries":{"a":{"type":"symlink","target":"\ud800"}}}}"#,
            "{\"version\":1,\"root\":{\"type\":\"symlink\",\"target\":\"\n\"}}",
            #"{"version":1,"root":{"type":"symlink","target":"x"#,
        ])
    func invalid(json: String) {
        let error = #expect(throws: NarKitError.self) { try listing(json) }
        #expect(error?.code == .invalidListing)
        #expect(error?.message.hasPrefix("The NAR listing is not valid at byte ") == true)
    }

    @Test("Nesting and size are bounded")
    func bounds() {
        let deep = String(repeating: #"{"type":"directory","entries":{"a":"#, count: 5000)
        #expect(throws: NarKitError.self) { try listing(#"{"version":1,"root":"# + deep) }
        let error = #expect(throws: NarKitError.self) { try NarListing(parsing: Array("{ }".utf8), maximumSize: 2) }
        #expect(error?.code == .tooLarge)
    }
}

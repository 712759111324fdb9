import NarKit
import Testing

@testable import CacheClient

@Suite struct RealisationDocumentTests {
    @Test("what Nix 2.8 prints is read, opaque paths apart")
    func nix28() throws {
        // nix realisation info --json /nix/store/…-ca2.drv /nix/store/…-ca
        let text = #"""
            [{"dependentRealisations":{"sha256:fc35d403883671804aafd38bc6230dd15eaad47149d06a4cef96f91470019fc8!out":"s5s84j72hzyy1nld784pwvnrvp6wgjx3-ca"},"id":"sha256:0520844007b4c04762e67590cde09c53ef393be2902d23c6a6ffe8cb50f52d03!out","outPath":"v42sjg9p4f9dk8vvl0w5hqnqv18wvvw5-ca2","signatures":[]},{"opaquePath":"/nix/store/s5s84j72hzyy1nld784pwvnrvp6wgjx3-ca"}]
            """#
        let document = try RealisationDocument(parsing: Array(text.utf8))
        #expect(!document.isComplete)
        #expect(
            document.realisations.map { $0.serialized() } == [
                #"{"dependentRealisations":{"sha256:fc35d403883671804aafd38bc6230dd15eaad47149d06a4cef96f91470019fc8!out":"#
                    + #""s5s84j72hzyy1nld784pwvnrvp6wgjx3-ca"},"id":"sha256:0520844007b4c04762e67590cde09c53ef393be2902d23c6a6"#
                    + #"ffe8cb50f52d03!out","outPath":"v42sjg9p4f9dk8vvl0w5hqnqv18wvvw5-ca2","signatures":[]}"#
            ])
    }

    @Test("something else is refused")
    func refused() {
        let error = #expect(throws: ClientError.self) { try RealisationDocument(parsing: Array("{}".utf8)) }
        #expect(error?.code == .unsupportedNix)
    }

    @Test("dependencies are followed, and what is not known of them is named")
    func reachable() throws {
        func id(_ digit: Character) throws -> Realisation.ID {
            try Realisation.ID(parsing: "sha256:\(String(repeating: digit, count: 64))!out")
        }
        let (top, middle, bottom) = (
            try storePath("1", "top"), try storePath("2", "middle"), try storePath("3", "bottom")
        )
        let realisations = [
            Realisation(id: try id("a"), outPath: top, dependentRealisations: [try id("b").description: middle]),
            Realisation(id: try id("b"), outPath: middle, dependentRealisations: [try id("c").description: bottom]),
            Realisation(id: try id("d"), outPath: middle),
        ]
        let known = Dictionary(uniqueKeysWithValues: realisations.map { ($0.id.description, $0) })
        let (needed, missing) = NixStore.reachable(in: known, from: [top])
        #expect(Set(needed) == Set(realisations.prefix(2)))
        #expect(missing == [bottom])
    }
}

import Testing

@testable import CacheClient

@Suite struct DerivationFileTests {
    @Test(
        "the outputs are the first list",
        arguments: [
            (#"Derive([("out","/nix/store/a","","")],[],[],"x","/bin/sh",[],[])"#, ["/nix/store/a"]),
            (
                #"Derive([("dev","/nix/store/a-dev","",""),("out","/nix/store/a","r:sha256","00")],[("#,
                ["/nix/store/a-dev", "/nix/store/a"]
            ),
            (#"Derive([("out","","r:sha256","")],["#, []), (#"Derive([("a\"b","/x\\y","","")]"#, [#"/x\y"#]),
            ("", nil), ("Derive([])", nil), ("Derive([(\"out\",\"/nix/store/a\"", nil), ("Derive([(\"out\\", nil),
            (#"Derive([("out","/nix/store/a","","");"#, nil), (#"DrvWithVersion("x",[("out","/a","","")])"#, nil),
        ] as [(String, [String]?)])
    func outputs(text: String, paths: [String]?) {
        #expect(DerivationFile.outputs(in: Array(text.utf8)) == paths)
    }

    @Test("a file that is not there names none")
    func noFile() throws {
        #expect(try DerivationFile.outputs(ofFile: "/nowhere/x.drv") == nil)
    }
}

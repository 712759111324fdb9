import Testing

@testable import NarKit

@Suite struct RealisationTests {
    private static let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private static let nix32 = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
    private static let path = "g9jlwsxv3y38fkr4x6pyf5p60n3mqnk5-a"
    private static let derivation = "3yjdghim9301s4bc2dvf43wn7pr81iij-a.drv"
    private static let signature = "\(String(repeating: "A", count: 86))=="

    @Test func filesOfNixReturnToTheByte() throws {
        let key = try SecretKey(parsing: FormatFixtures.text("keys/cache.example.org-1.secret"))
        let files = try FormatFixtures.files(in: "realisations")
        #expect(files.count == 3)
        for file in files {
            let text = try FormatFixtures.text(file)
            let realisation = try Realisation(parsing: text.utf8)
            #expect(realisation.serialized() == text)
            #expect(realisation.signatures == [key.sign(realisation.fingerprint)])
            #expect(try Realisation(parsing: text.utf8, id: realisation.id) == realisation)
            #expect(try Realisation.ID(objectKey: realisation.id.objectKey) == realisation.id)
        }
    }

    @Test func writesBothLayouts() throws {
        let signature = try Signature(parsing: "k\"1:\(Self.signature)")
        let path = try StorePath(baseName: Self.path)
        let dependency = "sha256:\(Self.hex)!dev"
        let hashed = Realisation(
            id: try .init(parsing: "sha256:\(Self.hex)!out"), outPath: path, signatures: [signature, signature],
            dependentRealisations: [dependency: path])
        let members =
            #""dependentRealisations":{"\#(dependency)":"\#(Self.path)"},"id":"sha256:\#(Self.hex)!out","outPath":"\#(Self.path)""#
        #expect(hashed.fingerprint == "{\(members)}")
        #expect(hashed.serialized() == #"{\#(members),"signatures":["k\"1:\#(Self.signature)"]}"#)
        #expect(hashed.id.objectKey == "realisations/sha256:\(Self.hex)!out.doi")
        #expect(try Realisation(parsing: hashed.serialized().utf8).outPath == path)

        let keyed = Realisation(
            id: try .init(parsing: "\(Self.derivation)^out"), outPath: path, signatures: [signature])
        #expect(
            keyed.serialized()
                == #"{"outPath":"\#(Self.path)","signatures":[{"keyName":"k\"1","sig":"\#(Self.signature)"}]}"#)
        #expect(
            keyed.fingerprint
                == #"{"key":{"drvPath":"\#(Self.derivation)","outputName":"out"},"value":{"outPath":"\#(Self.path)"}}"#)
        #expect(keyed.id.objectKey == "build-trace-v2/\(Self.derivation)/out.doi")
        #expect(try Realisation(parsing: keyed.serialized().utf8, id: keyed.id) == keyed)
        #expect(try Realisation.ID(objectKey: keyed.id.objectKey) == keyed.id)
    }

    @Test func readsWhatVersionsOfNixDiffer() throws {
        let expected = Realisation(
            id: try .init(parsing: "sha256:\(Self.hex)!out"), outPath: try StorePath(baseName: Self.path))
        for text in [
            #"{"id":"sha256:\#(Self.hex)!out","outPath":"\#(Self.path)"}"#,
            #"{"id":"sha256:\#(Self.nix32)!out","outPath":"/nix/store/\#(Self.path)","signatures":[]}"#,
            #" { "outPath" : "\#(Self.path)", "new": [1], "id":"sha256:\#(Self.hex)!out","dependentRealisations":{} } "#,
        ] {
            #expect(try Realisation(parsing: text.utf8) == expected)
        }
        let keyed = try Realisation(
            parsing:
                #"{"key":{"drvPath":"\#(Self.derivation)","outputName":"out"},"value":{"outPath":"\#(Self.path)","signatures":["k:\#(Self.signature)",{"keyName":"a","sig":"\#(Self.signature)"}]}}"#
                .utf8)
        #expect(keyed.id.description == "\(Self.derivation)^out")
        #expect(keyed.signatures.map(\.keyName) == ["a", "k"])
    }

    @Test func signs() throws {
        let key = try SecretKey.generate(name: "k")
        var realisation = Realisation(
            id: try .init(parsing: "\(Self.derivation)^out"), outPath: try StorePath(baseName: Self.path),
            signatures: [try Signature(parsing: "k:\(Self.signature)"), try Signature(parsing: "l:\(Self.signature)")])
        realisation.sign(with: [key])
        #expect(realisation.signatures.map(\.keyName) == ["k", "l"])
        #expect(realisation.signatures.first == key.sign(realisation.fingerprint))
    }

    @Test(arguments: [
        ("", "A realisation is refused: it must be a JSON object with an outPath, as Nix writes it."),
        ("[]", "A realisation is refused: it must be a JSON object with an outPath, as Nix writes it."),
        (#"{"outPath":1}"#, "A realisation is refused: it must be a JSON object with an outPath, as Nix writes it."),
        (
            #"{"outPath":"\#(path)"}"#,
            "A realisation does not say which derivation it is of: read it together with its place in the cache."
        ),
        (
            #"{"id":"sha256:\#(hex)!out"}"#,
            "The realisation sha256:\(hex)!out is refused: it must have an outPath."
        ),
        (
            #"{"id":"x","outPath":"\#(path)"}"#,
            "\"x\" does not name a realisation: it must be made of a derivation and an output, such as sha256:…!out."
        ),
        (
            #"{"id":"sha256:\#(hex)!","outPath":"\#(path)"}"#,
            "\"\" cannot be the name of an output: it must be 1 to 211 letters, digits and + - . _ ? =."
        ),
        (
            #"{"id":"sha256:\#(hex)!out","outPath":"/gnu/store/x"}"#,
            "A realisation is refused: \"/gnu/store/x\" is not in the store directory /nix/store: give a path that begins "
                + "with /nix/store/."
        ),
        (
            #"{"id":"sha256:\#(hex)!out","outPath":"\#(path)","signatures":["k:AAAA"]}"#,
            "A realisation is refused: \"k:AAAA\" is not a signature: it must be the name of a key, a colon, and 64 bytes in "
                + "base 64."
        ),
    ])
    func refuses(_ text: String, _ message: String) throws {
        let error = try #require(throws: NarKitError.self) { try Realisation(parsing: text.utf8) }
        #expect(error.code == .invalidRealisation)
        #expect(error.message == message)
    }

    @Test func refusesAnotherPlace() throws {
        let text = #"{"id":"sha256:\#(Self.hex)!out","outPath":"\#(Self.path)"}"#
        let id = try Realisation.ID(parsing: "sha256:\(Self.hex)!dev")
        let error = try #require(throws: NarKitError.self) { try Realisation(parsing: text.utf8, id: id) }
        #expect(
            error.message
                == "The realisation sha256:\(Self.hex)!dev is refused: the file is that of sha256:\(Self.hex)!out.")
        let large = try #require(throws: NarKitError.self) { try Realisation(parsing: text.utf8, maximumByteCount: 10) }
        #expect(large.code == .tooLarge)
    }

    @Test(arguments: [
        "", "realisations/", "realisations/.doi", "realisations/sha256:\(hex)!out",
        "realisations/\(derivation)^out.doi",
        "realisations/sha256:\(hex)!a/b.doi", "build-trace-v2/\(derivation).doi", "build-trace-v2/\(derivation)/.doi",
        "build-trace-v2/x/out.doi", "build-trace-v2/a/\(derivation)/out.doi", "build-trace-v2/\(derivation)/../out.doi",
        "nar/\(derivation)/out.doi",
    ])
    func refusesKey(_ key: String) throws {
        let error = try #require(throws: NarKitError.self) { try Realisation.ID(objectKey: key) }
        #expect(error.code == .invalidRealisation)
    }

    @Test func survivesNestingAndNoise() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: NarKitError.self) { try Realisation(parsing: deep.utf8) }
        var generator = SeededGenerator(seed: 7)
        let seed = try FormatFixtures.bytes(try #require(FormatFixtures.files(in: "realisations").last))
        for _ in 0..<3000 {
            var bytes = seed
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let realisation = try? Realisation(parsing: bytes) else { continue }
            try #require(Realisation(parsing: realisation.serialized().utf8) == realisation)
        }
    }
}

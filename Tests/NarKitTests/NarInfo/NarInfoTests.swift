import Testing

@testable import NarKit

@Suite struct NarInfoTests {
    private static let hash = NarInfoSample.hash
    private static let path = NarInfoSample.path
    private static let minimal = NarInfoSample.minimal
    private static let zeroSignature = "k:\(String(repeating: "A", count: 86))=="

    private static func text(_ lines: [String]) -> String { NarInfoSample.text(lines) }
    private static func text(with line: String) -> String { NarInfoSample.text(with: line) }
    private static func parse(_ text: String) throws -> NarInfo { try NarInfo(parsing: text) }

    @Test func writesToTheLetter() throws {
        let hash = try NixHash(parsing: Self.hash)
        let path = try StorePath(baseName: Self.path)
        let other = try StorePath(baseName: "3yjdghim9301s4bc2dvf43wn7pr81iij-b")
        let (first, second) = try (
            Signature(keyName: "k-1", bytes: Array(repeating: 0, count: 64)),
            Signature(parsing: Self.zeroSignature)
        )
        var narInfo = NarInfo(
            storePath: path, url: "nar/a.nar.zst", compression: "zstd", narHash: hash, narSize: 120)
        #expect(narInfo.serialized() == Self.text(Self.minimal))
        narInfo.fileHash = hash
        narInfo.fileSize = 90
        narInfo.references = [path, other, path]
        narInfo.deriver = try StorePath(baseName: "\(Self.path).drv")
        narInfo.system = "x86_64-linux"
        narInfo.signatures = [second, first, second]
        narInfo.contentAddress = try ContentAddress(method: .nar, hash: hash)
        let expected = Self.text([
            "StorePath: /nix/store/\(Self.path)", "URL: nar/a.nar.zst", "Compression: zstd", "FileHash: \(Self.hash)",
            "FileSize: 90", "NarHash: \(Self.hash)", "NarSize: 120",
            "References: 3yjdghim9301s4bc2dvf43wn7pr81iij-b \(Self.path)", "Deriver: \(Self.path).drv",
            "System: x86_64-linux", "Sig: k-1:\(String(repeating: "A", count: 86))==", "Sig: \(Self.zeroSignature)",
            "CA: fixed:r:\(Self.hash)",
        ])
        #expect(narInfo.serialized() == expected)
        #expect(try NarInfo(parsing: expected).serialized() == expected)
        #expect(
            narInfo.fingerprint
                == "1;/nix/store/\(Self.path);\(Self.hash);120;/nix/store/3yjdghim9301s4bc2dvf43wn7pr81iij-b,"
                + "/nix/store/\(Self.path)")
    }

    @Test func anotherStore() throws {
        let directory = try StoreDirectory("/srv/store")
        let text = Self.text(with: "StorePath: /srv/store/\(Self.path)")
        let narInfo = try NarInfo(parsing: text, storeDirectory: directory)
        #expect(narInfo.serialized() == text)
        #expect(narInfo.fingerprint == "1;/srv/store/\(Self.path);\(Self.hash);120;")
        #expect(throws: NarKitError.self) { try NarInfo(parsing: text) }
    }

    @Test func leavesOutWhatMayBe() throws {
        let narInfo = try Self.parse(Self.text(Self.minimal.filter { !$0.hasPrefix("Ref") && !$0.hasPrefix("Comp") }))
        #expect(narInfo.references == [])
        #expect(narInfo.compression == "bzip2")
        #expect(try Self.parse(Self.text(with: "Compression: ")).compression == "bzip2")
        #expect(try Self.parse(Self.text(with: "Deriver: unknown-deriver")).deriver == nil)
        #expect(try Self.parse(Self.text(with: "FileSize: 0")).fileSize == nil)
        #expect(try Self.parse(Self.text(with: "CA: ")).contentAddress == nil)
        #expect(try Self.parse(Self.text(with: "NarSize: 18446744073709551615")).narSize == .max)
        #expect(try Self.parse(Self.text(with: "References:  \(Self.path)  \(Self.path) ")).references.count == 1)
        #expect(
            try Self.parse(Self.text(with: "NarHash: sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")).narHash
                .description == Self.hash)
    }

    @Test(arguments: [
        "Unknown: value", "X: ", "url: http://x", "AVeryLongKeyThatNobodyKnows: 1", "Ü: \u{1}", "Sig2: x",
    ])
    func passesOver(_ line: String) throws {
        #expect(try NarInfo(parsing: Self.text(Self.minimal + [line])).serialized() == Self.text(Self.minimal))
    }

    @Test func passesOverUnknownBytes() throws {
        let bytes = Array("X: ".utf8) + [0xff, 0xfe, 0x00] + Array("\n".utf8) + Array(Self.text(Self.minimal).utf8)
        #expect(try NarInfo(parsing: bytes).serialized() == Self.text(Self.minimal))
    }

    @Test(arguments: [
        "nar/a.nar", "a.nar", "nar/a..b.nar", "nar/...", "nar/%41.nar", "nar/a.nar?x=1", "./nar/a.nar", "nar//a",
        "a/b:c",
    ])
    func acceptsURL(_ url: String) throws {
        #expect(try Self.parse(Self.text(with: "URL: \(url)")).url == url)
    }

    @Test(arguments: [
        ("", "must not be empty"),
        ("/nar/a.nar", "must be relative to the cache, such as nar/….nar.zst"),
        ("//host/a.nar", "must be relative to the cache, such as nar/….nar.zst"),
        ("%2fnar/a", "must be relative to the cache, such as nar/….nar.zst"),
        ("\\\\host\\a", "must be relative to the cache, such as nar/….nar.zst"),
        ("https://host/a.nar", "must be relative to the cache, such as nar/….nar.zst"),
        ("file:a.nar", "must be relative to the cache, such as nar/….nar.zst"),
        ("..", "must not leave the cache with .."),
        ("../a.nar", "must not leave the cache with .."),
        ("nar/../../a.nar", "must not leave the cache with .."),
        ("nar/..", "must not leave the cache with .."),
        ("nar\\..\\a", "must not leave the cache with .."),
        ("nar/%2e%2E/a", "must not leave the cache with .."),
        ("nar/..%2fa", "must not leave the cache with .."),
        ("nar/a?/../b", "must not leave the cache with .."),
        ("nar/%", "has a bad percent escape"),
        ("nar/%4", "has a bad percent escape"),
        ("nar/%zz", "has a bad percent escape"),
        ("nar/%00", "has a bad percent escape"),
        ("nar/a b", "has bytes that no URL has"),
        ("nar/\u{7f}", "has bytes that no URL has"),
        ("nar/ü", "has bytes that no URL has"),
    ])
    func refusesURL(_ url: String, _ reason: String) throws {
        let error = try #require(throws: NarKitError.self) { try Self.parse(Self.text(with: "URL: \(url)")) }
        #expect(error.code == .invalidNarInfo)
        #expect(error.message == "The narinfo of \(Self.path) is refused: its URL \(quoted(url)) \(reason).")
    }

    @Test func refusesWhatIsTooLarge() throws {
        let text = Self.text(Self.minimal)
        #expect(try NarInfo(parsing: text, maximumByteCount: text.utf8.count).narSize == 120)
        let error = try #require(throws: NarKitError.self) {
            try NarInfo(parsing: text, maximumByteCount: text.utf8.count - 1)
        }
        #expect(error.code == .tooLarge)
        #expect(
            error.message
                == "A narinfo has \(text.utf8.count) bytes, but at most \(text.utf8.count - 1) are read: check that it is one."
        )
    }

    @Test func checksWhatIsMadeByHand() throws {
        var narInfo = try NarInfo(parsing: Self.text(Self.minimal))
        try narInfo.validate()
        narInfo.system = "x86_64-linux\nStorePath: /nix/store/x"
        #expect(throws: NarKitError.self) { try narInfo.validate() }
    }

    @Test func replacesItsOwnSignatures() throws {
        var narInfo = try NarInfo(parsing: Self.text(with: "Sig: \(Self.zeroSignature)"))
        let (same, new) = try (SecretKey.generate(name: "k"), SecretKey.generate(name: "n"))
        narInfo.sign(with: [new])
        #expect(narInfo.signatures.map(\.keyName) == ["k", "n"])
        narInfo.sign(with: [same])
        narInfo.sign(with: [same])
        #expect(narInfo.signatures == [same.sign(narInfo.fingerprint), new.sign(narInfo.fingerprint)].sorted())
    }

    /// Whatever is done to a narinfo, it is either refused with an error or read as something that returns.
    @Test func survivesMutations() throws {
        var generator = SeededGenerator(seed: 42)
        let seeds = try FormatFixtures.files(in: "narinfo").map { try FormatFixtures.bytes($0) }
        var accepted = 0
        for _ in 0..<8_000 {
            var bytes = seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&bytes, using: &generator) }
            guard let narInfo = try? NarInfo(parsing: bytes) else { continue }
            accepted += 1
            try #require(NarInfo(parsing: narInfo.serialized()) == narInfo)
        }
        #expect(accepted > 100)
    }

    private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        guard let index = bytes.indices.randomElement(using: &generator) else { return }
        let end = min(bytes.count, index + Int.random(in: 1...60, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.removeSubrange(index..<end)
        case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
        case 4: bytes.insert(Array(" \n\r:,/.\0".utf8).randomElement(using: &generator) ?? 0, at: index)
        default: bytes.removeSubrange(index...)
        }
    }
}

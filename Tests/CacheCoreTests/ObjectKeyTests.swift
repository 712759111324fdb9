import CacheCore
import Testing

@Suite("Object keys")
struct ObjectKeyTests {
    static let hash = "0123456789abcdfghijklmnpqrsvwxyz"
    static let long = hash + "0123456789abcdfghijk"

    @Test(
        "match one row of the table",
        arguments: [
            ("\(hash).narinfo", .narinfo), ("\(hash).ls", .listing), ("nar/\(long).nar", .nar),
            ("nar/\(long).nar.zst", .nar), ("nar/\(long).nar.xz", .nar), ("nar/\(long).nar.bz2", .nar),
            ("log/\(hash)-hello-2.12.drv", .buildLog), ("log/a..b.drv", .buildLog),
            ("realisations/sha256:0a1b!out.doi", .realisation), ("realisations/sha256:ab+/=!dev.doi", .realisation),
            ("build-trace-v2/\(hash)-hello.drv/out.doi", .realisation),
        ] as [(String, ObjectType)])
    func valid(text: String, type: ObjectType) throws {
        let key = try ObjectKey(text)
        #expect(key.type == type)
        #expect(key.text == text)
        #expect(try ObjectKey(text, type: type) == key)
        for other in ObjectType.allCases where other != type {
            #expect(throws: CacheError.self) { try ObjectKey(text, type: other) }
        }
        // A substring is stored as it is, too.
        #expect(ObjectKey(validating: ("x" + text).dropFirst()) == key)
    }

    @Test(
        "match nothing else",
        arguments: [
            "", "/", "/\(hash).narinfo", "\(hash).narinfo/", "\(hash).narinf", "\(hash)x.narinfo",
            "\(hash.dropLast()).ls",
            "\(hash.dropLast())e.narinfo", "\(hash.uppercased()).narinfo", "\(hash).narinfo\n", "\(hash).narinfo\0",
            "nar/\(hash).nar", "nar/\(long).nar.gz", "nar/\(long)", "nar/../\(hash).narinfo", "nar//\(long).nar",
            "nar/\(long).nar.zst.zst", "log/.drv", "log/a/b.drv", "log/a b.drv", "log/a.drv.bz2", "log/../x.drv",
            "realisations/sha256:ab.doi", "realisations/:ab!out.doi", "realisations/sha256:!out.doi",
            "realisations/sha256:ab!.doi", "realisations/SHA256:ab!out.doi", "realisations/a!b:c.doi",
            "realisations/sha256:x/../y!out.doi", "build-trace-v2/a.doi", "build-trace-v2/../a.doi",
            "build-trace-v2//a.doi", "build-trace-v2/a/b/c.doi", "build-trace-v2/a/.doi", "nix-cache-info",
            "index.html",
            "pins/x", "pending/1/\(hash).narinfo", "log/\(String(repeating: "a", count: 900)).drv", "log/é.drv",
        ])
    func invalid(text: String) {
        #expect(ObjectKey(validating: text) == nil)
        #expect(throws: CacheError.self) { try ObjectKey(text) }
    }

    @Test("are ordered by their bytes")
    func order() throws {
        let texts = ["log/Z.drv", "log/_.drv", "log/a+.drv", "log/a-.drv", "log/a.drv", "log/a0.drv"]
        let keys = try texts.map { try ObjectKey($0) }
        #expect(keys.shuffled().sorted() == keys)
    }

    @Test("of staged texts lie under their upload's prefix")
    func staged() {
        let upload = UploadID(rawValue: 17)
        #expect(ObjectKey.staged("\(Self.hash).narinfo", upload: upload) == "pending/17/\(Self.hash).narinfo")
        #expect(ObjectKey.staged("x", upload: upload).hasPrefix(ObjectKey.stagingPrefix(upload)))
    }
}

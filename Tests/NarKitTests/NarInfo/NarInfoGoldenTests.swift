import Testing

@testable import NarKit

@Suite struct NarInfoGoldenTests {
    @Test func everyFileReturnsToTheByte() throws {
        for file in try FormatFixtures.files(in: "narinfo") {
            let text = try FormatFixtures.text(file)
            #expect(try NarInfo(parsing: text).serialized() == text, "\(file)")
            #expect(try NarInfo(parsing: FormatFixtures.bytes(file)) == NarInfo(parsing: text))
        }
    }

    @Test func anyOrderOfLinesIsTheSame() throws {
        for file in try FormatFixtures.files(in: "narinfo") {
            let text = try FormatFixtures.text(file)
            let lines = text.split(separator: "\n").reversed()
            let shuffled = lines.map { "\($0)\n" }.joined()
            #expect(try NarInfo(parsing: shuffled).serialized() == text, "\(file)")
        }
    }

    @Test func signaturesOfNixAreMadeAgain() throws {
        let keys = try ["cache.example.org-1", "other.example.org-1"].map { name in
            try SecretKey(parsing: FormatFixtures.text("keys/\(name).secret"))
        }
        let trusted = TrustedKeys(keys.map(\.publicKey))
        var count = 0
        for file in try FormatFixtures.files(in: "narinfo") {
            let narInfo = try NarInfo(parsing: FormatFixtures.bytes(file))
            for signature in narInfo.signatures {
                let key = try #require(keys.first { $0.name == signature.keyName })
                #expect(key.sign(narInfo.fingerprint) == signature, "\(file)")
                count += 1
            }
            #expect(trusted.valid(among: narInfo.signatures, of: narInfo.fingerprint) == narInfo.signatures)
            #expect(narInfo.isSigned(by: trusted))
            var tampered = narInfo
            tampered.narSize += 1
            #expect(!tampered.isSigned(by: trusted))
            var resigned = narInfo
            resigned.signatures = []
            resigned.sign(with: keys.filter { key in narInfo.signatures.contains { $0.keyName == key.name } })
            #expect(resigned == narInfo)
        }
        #expect(count > 15)
    }

    @Test func knowsTheCacheInfoOfNix() throws {
        let info = try CacheInfo(parsing: FormatFixtures.bytes("nix-cache-info"))
        #expect(info == CacheInfo(wantMassQuery: false, priority: 50))
    }
}

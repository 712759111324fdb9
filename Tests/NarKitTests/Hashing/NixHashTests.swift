import Foundation
import Testing

@testable import NarKit

@Suite struct NixHashTests {
    private static let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private static let nix32 = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
    private static let base64 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="

    /// Every line of hashes.txt: bytes, algorithm, hexadecimal, nix32, base 64, SRI.
    @Test func spellsLikeNix() throws {
        let lines = try FormatFixtures.lines("hashes.txt")
        #expect(lines.count == 16)
        for line in lines {
            let fields = line.split(separator: " ").map(String.init)
            let algorithm = try #require(HashAlgorithm(rawValue: fields[1]))
            let hash = try NixHash(parsing: fields[2], algorithm: algorithm)
            #expect([hash.hex, hash.nix32, hash.base64, hash.sri] == Array(fields[2...]))
            for spelling in fields[2...4] {
                #expect(try NixHash(parsing: "\(algorithm.rawValue):\(spelling)") == hash)
                #expect(try NixHash(parsing: spelling, algorithm: algorithm) == hash)
            }
            #expect(try NixHash(parsing: fields[5]) == hash)
            #expect(try NixHash(parsing: fields[5], algorithm: algorithm) == hash)
            if algorithm == .sha256 {
                let digits = fields[0] == "-" ? [] : Array(fields[0].utf8)
                let decoded = Hexadecimal.decode(digits.span)
                let bytes = try #require(decoded)
                #expect(NixHash.sha256(of: bytes) == hash)
            }
        }
    }

    @Test(arguments: [
        "sha256:\(hex)", "sha256:\(hex.uppercased())", "sha256:\(nix32)", "sha256:\(base64)", "sha256-\(base64)",
        "sha256-\(base64.dropLast())",
    ])
    func reads(_ text: String) throws {
        let hash = try NixHash(parsing: text)
        #expect(hash == NixHash.sha256(of: Array("abc".utf8)))
        #expect(hash.description == "sha256:\(Self.nix32)")
    }

    @Test(arguments: [
        ("", #""" does not name its hash algorithm: write it as sha256:… or sha256-…."#),
        (nix32, "\"\(nix32)\" does not name its hash algorithm: write it as sha256:… or sha256-…."),
        ("sha257:\(hex)", #""sha257" is not a hash algorithm: it must be md5, sha1, sha256 or sha512."#),
        (":abc", #""" is not a hash algorithm: it must be md5, sha1, sha256 or sha512."#),
        ("SHA256:\(hex)", #""SHA256" is not a hash algorithm: it must be md5, sha1, sha256 or sha512."#),
        (
            "sha256:abc",
            #""sha256:abc" is not a sha256 hash: it must spell 32 bytes in nix32, hexadecimal or base 64."#
        ),
        (
            "sha256:\(base64.dropLast())A",
            "\"sha256:\(base64.dropLast())A\" is not a sha256 hash: it must spell 32 bytes in nix32, hexadecimal or base 64."
        ),
        (
            "sha1:\(nix32)",
            "\"sha1:\(nix32)\" is not a sha1 hash: it must spell 20 bytes in nix32, hexadecimal or base 64."
        ),
        (
            "sha256-\(nix32)",
            "\"sha256-\(nix32)\" is not a sha256 hash: it must spell 32 bytes in nix32, hexadecimal or base 64."
        ),
        (
            "sha256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
            "\"sha256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\" is not a sha256 hash: "
                + "it must spell 32 bytes in nix32, hexadecimal or base 64."
        ),
    ])
    func refuses(_ text: String, _ message: String) throws {
        let error = try #require(throws: NarKitError.self) { try NixHash(parsing: text) }
        #expect(error.code == .invalidHash)
        #expect(error.message == message)
    }

    @Test func refusesAnotherAlgorithm() {
        #expect(throws: NarKitError.self) { try NixHash(parsing: "sha256:\(Self.hex)", algorithm: .sha512) }
        #expect(throws: NarKitError.self) { try NixHash(parsing: Self.hex, algorithm: .sha1) }
        #expect(throws: NarKitError.self) { try NixHash(algorithm: .sha1, bytes: [1, 2, 3]) }
    }

    @Test(arguments: [
        #""sha256:\#(hex)""#, #""sha256-\#(base64)""#,
        #"{"algorithm":"sha256","format":"base64","hash":"\#(base64)"}"#,
        #"{"algorithm":"sha256","format":"base16","hash":"\#(hex)"}"#,
        #"{"algorithm":"sha256","format":"nix32","hash":"\#(nix32)"}"#,
        #"{"algorithm":"sha256","format":"base32","hash":"\#(nix32)"}"#,
        #"{"algorithm":"sha256","format":"sri","hash":"sha256-\#(base64)"}"#,
    ])
    func readsJSON(_ json: String) throws {
        let hash = try JSONDecoder().decode(NixHash.self, from: Data(json.utf8))
        #expect(hash.hex == Self.hex)
    }

    @Test(arguments: [
        (#""sha256""#, #""sha256" does not name its hash algorithm: write it as sha256:… or sha256-…."#),
        (
            #"{"algorithm":"blake3","format":"base16","hash":""}"#,
            #""blake3" is not a hash algorithm: it must be md5, sha1, sha256 or sha512."#
        ),
        (
            #"{"algorithm":"sha256","format":"base58","hash":""}"#,
            #""base58" is not a format of hashes: it must be base64, nix32, base16 or sri."#
        ),
        (
            #"{"algorithm":"sha256","format":"base16","hash":"00"}"#,
            #""00" is not a sha256 hash: it must spell 32 bytes in nix32, hexadecimal or base 64."#
        ),
    ])
    func refusesJSON(_ json: String, _ message: String) throws {
        let error = try #require(throws: NarKitError.self) {
            try JSONDecoder().decode(NixHash.self, from: Data(json.utf8))
        }
        #expect(error.message == message)
    }

    @Test func hashesInPieces() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hasher = SHA256Hasher()
        var start = 0
        for length in [0, 1, 63, 64, 65, 4096, 95_711] {
            hasher.update(Array(bytes[start..<(start + length)]))
            start += length
        }
        #expect(start == bytes.count)
        #expect(hasher.byteCount == 100_000)
        #expect(hasher.finalized() == NixHash.sha256(of: bytes))
        #expect(NixHash.sha256(of: bytes.lazy.map { $0 }) == NixHash.sha256(of: bytes))
    }

    @Test func longRefusalsAreCutOff() throws {
        let error = try #require(throws: NarKitError.self) {
            try NixHash(parsing: "sha256:" + String(repeating: "x", count: 1_000_000))
        }
        #expect(error.message.utf8.count < 300)
    }
}

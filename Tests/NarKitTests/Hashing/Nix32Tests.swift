import Testing

@testable import NarKit

@Suite struct Nix32Tests {
    @Test(
        arguments: [
            ([], ""),
            ([0x00], "00"),
            ([0x1f], "0z"),
            ([0xff], "7z"),
            ([0x01, 0x02], "00h1"),
            (Array(repeating: 0, count: 20), String(repeating: "0", count: 32)),
            (Array(repeating: 0xff, count: 20), String(repeating: "z", count: 32)),
        ] as [([UInt8], String)])
    func spells(_ bytes: [UInt8], _ text: String) throws {
        #expect(Nix32.encode(bytes) == text)
        #expect(try Nix32.decode(text) == bytes)
    }

    @Test(arguments: ["0", "8z", "0e", "0O", "0 ", "zz", "000", "h000000000000", "ü0"])
    func refuses(_ text: String) {
        #expect(throws: NarKitError.self) { try Nix32.decode(text) }
    }

    @Test func namesWhatItRefuses() throws {
        let error = try #require(throws: NarKitError.self) { try Nix32.decode("0e\n") }
        #expect(error.code == .invalidEncoding)
        #expect(
            error.message
                == #""0e\n" is not nix32: it must be digits and lower-case letters without e, o, t and u, as many as whole bytes need, with no bits left over."#
        )
    }

    @Test func everyLengthReturns() throws {
        var generator = SeededGenerator(seed: 1)
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Nix32.encode(bytes)
            #expect(text.utf8.count == Nix32.characterCount(forBytes: length))
            #expect(Nix32.isNix32(text))
            #expect(try Nix32.decode(text) == bytes)
        }
    }

    @Test func knowsItsAlphabet() {
        let alphabet = (0...127).map { String(Unicode.Scalar(UInt8($0))) }.filter(Nix32.isNix32).joined()
        #expect(alphabet == "0123456789abcdfghijklmnpqrsvwxyz")
    }
}

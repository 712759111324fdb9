import Testing

@testable import CacheServer

@Suite struct Base64URLTests {
    /// RFC 4648, 10, without padding, and the two characters of this alphabet.
    @Test(
        arguments: [
            ("", []), ("Zg", [0x66]), ("Zm8", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
            ("Zm9vYg", [0x66, 0x6F, 0x6F, 0x62]), ("-_8", [0xFB, 0xFF]), ("AAAA", [0, 0, 0]),
        ] as [(String, [UInt8])])
    func bothWays(text: String, bytes: [UInt8]) {
        #expect(Base64URL.decode(text.utf8) == bytes)
        #expect(Base64URL.encode(bytes) == text)
    }

    @Test(arguments: ["Z", "Zg==", "Zg=", "Zm9vY", "Zh", "Zm9", "+/8", "Zm 8", "Zm8\n", "Zé"])
    func refused(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}

import Testing

@testable import NarKit

@Suite struct Base64Tests {
    /// The vectors of RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func spells(_ plain: String, _ text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(decode(text) == Array(plain.utf8))
        let unpadded = text.filter { $0 != "=" }
        #expect(decode(unpadded) == Array(plain.utf8))
    }

    @Test(arguments: [
        "=", "==", "Z", "Z===", "Zg=", "Zm8==", "Zm9v=", "Zm9v====", "Zh==", "Zm9=", "Zm9v\n", "Zm-_", "Z=g=",
    ])
    func refuses(_ text: String) {
        #expect(decode(text) == nil)
    }

    private func decode(_ text: String) -> [UInt8]? {
        Base64.decode(Array(text.utf8).span)
    }
}

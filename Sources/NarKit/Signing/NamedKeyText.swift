/// The form that Nix gives to keys and signatures alike: a name, a colon and base 64.
struct NamedKeyText {
    var name: String
    var bytes: [UInt8]

    /// The longest name that is read, in bytes.
    static let maximumNameLength = 255
    private static let maximumPayloadLength = 128

    /// Takes a text apart.
    ///
    /// - Returns: Nil when there is no colon, the name is not a good one, or the rest is not base 64.
    init?(parsing text: Span<UInt8>) {
        guard text.count <= Self.maximumNameLength + 1 + Self.maximumPayloadLength else { return nil }
        var colon = 0
        while colon < text.count, text[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < text.count, let name = String(utf8: text.extracting(0..<colon)), Self.isName(name),
            let bytes = Base64.decode(text.extracting((colon + 1)..<text.count))
        else { return nil }
        self.name = name
        self.bytes = bytes
    }

    /// Whether a key may have this name: signatures are separated by spaces and line breaks, and names end at a colon.
    static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        return (1...maximumNameLength).contains(bytes.count)
            && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ":") }
    }
}

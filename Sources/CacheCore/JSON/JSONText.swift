extension [UInt8] {
    /// Adds a JSON string with its quotation marks. Control characters and what ends a string are escaped.
    mutating func append(json text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            if bytes.allSatisfy(Self.isPlainInJSON) {
                append(contentsOf: bytes)
            } else {
                for byte in bytes { append(escaping: byte) }
            }
        }
        append(UInt8(ascii: "\""))
    }

    private static func isPlainInJSON(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            append(UInt8(ascii: "\\"))
            append(byte)
        case 0..<0x20:
            self += byte < 16 ? #"\u000"#.utf8 : #"\u00"#.utf8
            self += String(byte, radix: 16).utf8
        default: append(byte)
        }
    }
}

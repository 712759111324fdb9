extension [UInt8] {
    /// Adds a JSON string with its quotation marks. Control characters and what ends a string are escaped.
    mutating func append(json text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
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
        append(UInt8(ascii: "\""))
    }
}

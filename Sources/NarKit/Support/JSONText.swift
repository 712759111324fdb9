/// JSON as Nix writes it (RFC 8259): only what must be escaped is.
enum JSONText {
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{8}": result += "\\b"
            case "\u{c}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1f}": result += "\\u00" + Hexadecimal.encode(CollectionOfOne(UInt8(scalar.value)))
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

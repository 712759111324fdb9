/// Text from outside made fit for an error message: in quotation marks, on one line, cut off when it is long.
///
/// - Parameters:
///   - bytes: The text, which need not be UTF-8.
///   - limit: How many bytes are shown at most.
/// - Returns: The text with control characters, quotation marks, backslashes and bytes above 126 written as escapes.
func quoted(_ bytes: some Collection<UInt8>, limit: Int = 120) -> String {
    var result = "\""
    var shown = 0
    for byte in bytes {
        guard shown < limit else {
            result += "…"
            break
        }
        switch byte {
        case UInt8(ascii: "\n"): result += "\\n"
        case UInt8(ascii: "\r"): result += "\\r"
        case UInt8(ascii: "\t"): result += "\\t"
        case UInt8(ascii: "\""): result += "\\\""
        case UInt8(ascii: "\\"): result += "\\\\"
        case 0x20...0x7e: result.unicodeScalars.append(Unicode.Scalar(byte))
        default: result += "\\x" + Hexadecimal.encode(CollectionOfOne(byte))
        }
        shown += 1
    }
    return result + "\""
}

/// Text from outside made fit for an error message, as for bytes.
func quoted(_ text: some StringProtocol, limit: Int = 120) -> String {
    quoted(text.utf8, limit: limit)
}

import CacheCore

/// Lists as JSON texts, the form in which they are bound to statements and kept in columns.
enum JSONList {
    /// Writes numbers: `[1,2,3]`.
    static func numbers(_ numbers: some Sequence<Int64>) -> String {
        var text = "["
        for number in numbers {
            if text.utf8.count > 1 { text += "," }
            text += String(number)
        }
        return text + "]"
    }

    /// Reads what ``numbers(_:)`` wrote.
    static func numbers(in text: String) -> [Int64] {
        var result: [Int64] = []
        var number: Int64?
        for byte in text.utf8 {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                number = (number ?? 0) &* 10 &+ Int64(byte - UInt8(ascii: "0"))
            } else if let complete = number {
                result.append(complete)
                number = nil
            }
        }
        return result
    }

    /// Writes texts: `["a","b"]`.
    static func strings(_ strings: some Sequence<String>) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for string in strings {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in string.utf8 {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(byte)
                case 0..<0x20:
                    bytes.append(contentsOf: "\\u00".utf8)
                    bytes.append(contentsOf: (byte < 16 ? "0" : "").utf8)
                    bytes.append(contentsOf: String(byte, radix: 16).utf8)
                default:
                    bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }
}

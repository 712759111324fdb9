/// Reads JSON token by token (RFC 8259), with strings as bytes because the names in a listing need not be UTF-8.
struct ListingScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// An error that says where reading stopped.
    func failure(_ reason: String) -> NarKitError {
        NarKitError(.invalidListing, "The NAR listing is not valid at byte \(position): \(reason).")
    }

    /// Skips a character that must come next.
    mutating func expect(_ character: Unicode.Scalar) throws(NarKitError) {
        guard skips(character) else { throw failure("\"\(character)\" is expected") }
    }

    /// Skips a character if it comes next.
    mutating func skips(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// After an element: true for a comma, false for the end.
    mutating func continues(until end: Unicode.Scalar) throws(NarKitError) -> Bool {
        if skips(",") { return true }
        try expect(end)
        return false
    }

    mutating func expectEnd() throws(NarKitError) {
        skipSpace()
        guard position == bytes.count else { throw failure("something follows the end") }
    }

    /// A key of an object, with its colon.
    mutating func key() throws(NarKitError) -> String {
        let key = try string()
        try expect(":")
        return String(decoding: key, as: UTF8.self)
    }

    mutating func boolean() throws(NarKitError) -> Bool {
        skipSpace()
        for (word, value) in [("true", true), ("false", false)] where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw failure("true or false is expected")
    }

    /// A natural number below 2⁶³.
    mutating func number() throws(NarKitError) -> UInt64 {
        skipSpace()
        let start = position
        var value: UInt64 = 0
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            value = product &+ UInt64(bytes[position] - UInt8(ascii: "0"))
            guard !overflow, value >> 63 == 0 else { throw failure("a number is too large") }
            position += 1
        }
        guard position > start, bytes[start] != UInt8(ascii: "0") || position == start + 1 else {
            throw failure("a number is expected")
        }
        return value
    }

    mutating func string() throws(NarKitError) -> [UInt8] {
        try expect("\"")
        var result: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return result
            case UInt8(ascii: "\\"): try appendEscape(to: &result)
            case 0..<0x20: throw failure("a control character is not escaped")
            default: result.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    // MARK: Escapes

    private mutating func appendEscape(to result: inout [UInt8]) throws(NarKitError) {
        guard position < bytes.count else { throw failure("a string does not end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"): try appendCodePoint(to: &result)
        default: throw failure("an escape is unknown")
        }
    }

    private mutating func appendCodePoint(to result: inout [UInt8]) throws(NarKitError) {
        var value = UInt32(try codeUnit())
        if (0xd800..<0xdc00).contains(value), bytes[position...].starts(with: "\\u".utf8) {
            position += 2
            let low = UInt32(try codeUnit())
            guard (0xdc00..<0xe000).contains(low) else { throw failure("a surrogate pair is incomplete") }
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure("a surrogate pair is incomplete") }
        result.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    }

    private mutating func codeUnit() throws(NarKitError) -> UInt16 {
        guard position + 4 <= bytes.count,
            let value = UInt16(ascii: bytes[position..<position + 4])
        else { throw failure("four hexadecimal digits are expected") }
        position += 4
        return value
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }
}

extension UInt16 {
    /// The value of hexadecimal digits.
    fileprivate init?(ascii digits: ArraySlice<UInt8>) {
        var value: UInt16 = 0
        for digit in digits {
            let nibble: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(nibble)
        }
        self = value
    }
}

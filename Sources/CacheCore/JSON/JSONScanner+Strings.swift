extension JSONScanner {
    /// Reads as much of a string as a piece has without an escape.
    /// - Returns: the position behind.
    mutating func scanString(_ bytes: Span<UInt8>, from start: Int) throws(CacheError) -> Int {
        if highSurrogate != nil, bytes[start] != UInt8(ascii: "\\") { throw .notJSON }
        var high: UInt64 = 0
        let end = Self.endOfPlainText(bytes, from: start, seen: &high)
        if high & 0x8080_8080_8080_8080 != 0 { isBeyondASCII = true }
        let run = bytes.extracting(start..<end)
        guard end < bytes.count else {
            text.append(copying: run)
            return end
        }
        switch bytes[end] {
        case UInt8(ascii: "\"") where text.isEmpty:
            try endString(run)
        case UInt8(ascii: "\""):
            text.append(copying: run)
            try withText { (scanner, text) throws(CacheError) in try scanner.endString(text) }
        case UInt8(ascii: "\\"):
            text.append(copying: run)
            token = .escape
        default:
            // Control characters have to be written as escapes.
            throw .notJSON
        }
        return end + 1
    }

    /// Where a quotation mark, a backslash or a control character stands, or the end.
    /// - Parameter seen: all bytes before, one over the other.
    private static func endOfPlainText(_ bytes: Span<UInt8>, from start: Int, seen: inout UInt64) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let raw = bytes.bytes
        var position = start
        while position + 8 <= bytes.count {
            let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            // The top bit of a byte is set where the byte is below the one subtracted. A borrow spoils only what
            // comes after the first such byte.
            let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
            let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
            let stops =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
                    | (word &- ones &* 0x20) & ~word) & tops
            guard stops == 0 else {
                let count = stops.trailingZeroBitCount / 8
                seen |= word & ((1 << (UInt64(count) * 8)) &- 1)
                return position + count
            }
            seen |= word
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
            seen |= UInt64(byte)
            position += 1
        }
        return position
    }

    private mutating func endString(_ text: Span<UInt8>) throws(CacheError) {
        if isBeyondASCII, (try? UTF8Span(validating: text)) == nil { throw .notJSON }
        tell(.string, text)
    }

    /// Reads what follows a backslash.
    mutating func scanEscape(_ byte: UInt8) throws(CacheError) {
        guard highSurrogate == nil || byte == UInt8(ascii: "u") else { throw .notJSON }
        token = .string
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "r"): text.append(UInt8(ascii: "\r"))
        case UInt8(ascii: "t"): text.append(UInt8(ascii: "\t"))
        case UInt8(ascii: "u"):
            codeUnit = 0
            digits = 0
            token = .codeUnit
        default: throw .notJSON
        }
    }

    /// Reads a digit of a UTF-16 code unit.
    mutating func scanDigit(_ byte: UInt8) throws(CacheError) {
        let value: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
        default: throw .notJSON
        }
        codeUnit = codeUnit << 4 | UInt32(value)
        digits += 1
        guard digits == 4 else { return }
        token = .string
        switch (highSurrogate, codeUnit) {
        case (nil, 0xD800...0xDBFF): highSurrogate = codeUnit
        case (let high?, 0xDC00...0xDFFF):
            highSurrogate = nil
            try append(0x10000 + (high - 0xD800) << 10 + (codeUnit - 0xDC00))
        default: try append(codeUnit)
        }
    }

    /// Adds a character to the string; half of a surrogate pair is none.
    private mutating func append(_ value: UInt32) throws(CacheError) {
        guard highSurrogate == nil, let scalar = Unicode.Scalar(value), let units = UTF8.encode(scalar) else {
            throw .notJSON
        }
        text.append(contentsOf: units)
    }

    /// Does something with the text of a token, which is empty afterwards.
    mutating func withText(_ body: (inout Self, Span<UInt8>) throws(CacheError) -> Void) throws(CacheError) {
        var taken: [UInt8] = []
        swap(&taken, &text)
        try body(&self, taken.span)
        taken.removeAll(keepingCapacity: true)
        swap(&taken, &text)
    }
}

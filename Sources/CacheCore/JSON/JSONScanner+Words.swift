extension JSONScanner {
    /// Reads as much of a number or name as a piece has.
    /// - Returns: the position behind.
    mutating func scanWord(_ bytes: Span<UInt8>, from start: Int) throws(CacheError) -> Int {
        var end = start
        while end < bytes.count, Self.isPartOfWord(bytes[end]) { end += 1 }
        text.append(copying: bytes.extracting(start..<end))
        if end < bytes.count { try endWord() }
        return end
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Tells what a word is.
    mutating func endWord() throws(CacheError) {
        try withText { (scanner, text) throws(CacheError) in
            if text.isEqual(to: "true") {
                scanner.tell(.true, Span())
            } else if text.isEqual(to: "false") {
                scanner.tell(.false, Span())
            } else if text.isEqual(to: "null") {
                scanner.tell(.null, Span())
            } else {
                guard Self.isNumber(text) else { throw .notJSON }
                scanner.tell(.number, text)
            }
        }
    }

    /// Whether a text is a number: no leading zero, digits on both sides of a point, and in the exponent.
    private static func isNumber(_ text: Span<UInt8>) -> Bool {
        var position = 0
        func has(_ byte: UInt8) -> Bool { position < text.count && text[position] == byte }
        func skipDigits() -> Int {
            let start = position
            while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
                position += 1
            }
            return position - start
        }
        if has(UInt8(ascii: "-")) { position += 1 }
        let hasZero = has(UInt8(ascii: "0"))
        let whole = skipDigits()
        guard whole == 1 || whole > 1 && !hasZero else { return false }
        if has(UInt8(ascii: ".")) {
            position += 1
            guard skipDigits() > 0 else { return false }
        }
        if has(UInt8(ascii: "e")) || has(UInt8(ascii: "E")) {
            position += 1
            if has(UInt8(ascii: "+")) || has(UInt8(ascii: "-")) { position += 1 }
            guard skipDigits() > 0 else { return false }
        }
        return position == text.count
    }
}

extension String {
    /// The text that a run of ASCII bytes spells, or nil when a byte is above 127.
    init?(ascii bytes: Span<UInt8>) {
        for index in bytes.indices where bytes[index] >= 0x80 { return nil }
        self.init(utf8: bytes)
    }

    /// The text that a run of bytes spells, or nil when they are not UTF-8.
    init?(utf8 bytes: Span<UInt8>) {
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        self.init(copying: text)
    }
}

extension Span<UInt8> {
    /// Whether two runs hold the same bytes.
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}

extension Array where Element == UInt8 {
    /// A copy of a run of bytes.
    init(_ bytes: Span<UInt8>) {
        self.init(unsafeUninitializedCapacity: bytes.count) { buffer, count in
            for index in bytes.indices { buffer.initializeElement(at: index, to: bytes[index]) }
            count = bytes.count
        }
    }
}

/// Where a text is without the white space around it.
func trimmedRange(of bytes: [UInt8]) -> Range<Int> {
    func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
    }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
        let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return 0..<0 }
    return first..<(last + 1)
}

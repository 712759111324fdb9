/// Bytes as file names: what a file system or a terminal might trip over becomes `%XX`.
enum PathEscaping {
    private static let digits: [UInt8] = Array("0123456789ABCDEF".utf8)

    /// The empty text is `%`; `.` and `..` never come out.
    static func escape(_ bytes: some Collection<UInt8>) -> String {
        if bytes.isEmpty { return "%" }
        let dotsOnly = bytes.count <= 2 && bytes.allSatisfy { $0 == UInt8(ascii: ".") }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count)
        for byte in bytes {
            if isPlain(byte), !dotsOnly {
                escaped.append(byte)
            } else {
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// - Returns: `nil` for what ``escape(_:)`` does not write.
    static func unescape(_ name: some Collection<UInt8>) -> [UInt8]? {
        if name.count == 1, name.first == UInt8(ascii: "%") { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.count)
        var rest = name.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                guard isPlain(byte) else { return nil }
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap({ digits.firstIndex(of: $0) }),
                let low = rest.next().flatMap({ digits.firstIndex(of: $0) })
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Printable ASCII but for the escape itself, the separator, and the mark of directories.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: "@"): false
        default: (0x21...0x7E).contains(byte)
        }
    }
}

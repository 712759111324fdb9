import CacheCore

extension ByteRange {
    /// Reads a single range of bytes as the field Range asks for it (RFC 9110, 14.2).
    ///
    /// - Returns: nil for what a server may and we do ignore: another unit, several ranges, and what is malformed. The
    ///   answer is then the whole object.
    init?(header field: String?) {
        guard let field, field.lowercased().hasPrefix("bytes=") else { return nil }
        let bounds = field.dropFirst("bytes=".count).trimmed.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return nil }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
        case (let first?, let last?) where first <= last: self = .from(first, through: last)
        case (let first?, nil) where bounds[1].isEmpty: self = .from(first, through: nil)
        case (nil, let count?) where bounds[0].isEmpty: self = .last(count)
        default: return nil
        }
    }

    private static func number(_ digits: some StringProtocol) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(digits)
    }
}

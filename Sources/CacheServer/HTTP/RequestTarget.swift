/// The path and query of a request exactly as they came, before anything decoded or normalised them.
struct RequestTarget: Hashable, Sendable {
    /// Still percent-encoded, with its leading slash.
    let rawPath: String
    /// Still percent-encoded, without the question mark; empty where there is none.
    let rawQuery: String

    /// Takes apart a request target in origin form (`/path?query`) or absolute form (`http://host/path?query`).
    init?(_ target: String?) {
        guard var rest = target?[...], !rest.isEmpty else { return nil }
        for scheme in ["http://", "https://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        guard rest.hasPrefix("/") else { return nil }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        rawPath = String(parts[0])
        rawQuery = parts.count > 1 ? String(parts[1]) : ""
    }

    /// The object key that follows `prefix` in the path, decoded once.
    ///
    /// - Returns: nil for what is no key of any object: an empty one, one with an empty, `.` or `..` segment, a
    ///   backslash or a control character, and escapes that are broken or are not UTF-8.
    func key(after prefix: String = "/") -> String? {
        guard rawPath.hasPrefix(prefix), let key = Self.decoded(rawPath.dropFirst(prefix.count)) else { return nil }
        for segment in key.split(separator: "/", omittingEmptySubsequences: false) {
            if segment.isEmpty || segment == "." || segment == ".." { return nil }
        }
        return key.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") } ? nil : key
    }

    /// The value of a query parameter, decoded; nil where it is not given.
    ///
    /// Of several with this name the first counts.
    func parameter(_ name: String) -> String? {
        for pair in rawQuery.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard Self.decoded(parts[0]) == name else { continue }
            guard parts.count > 1 else { return "" }
            return Self.decoded(parts[1].replacing("+", with: "%20"))
        }
        return nil
    }

    private static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init)
    }
}

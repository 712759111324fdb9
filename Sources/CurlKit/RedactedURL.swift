/// A URL as it may be shown: without user, password and query, since these hold secrets.
struct RedactedURL: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ url: String) {
        let bytes = Array(url.utf8)
        let end = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.endIndex
        var shown = bytes[..<end]
        if let slashes = Self.endOfScheme(shown) {
            let authority = shown[slashes...].prefix { $0 != UInt8(ascii: "/") }
            if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
                shown = shown[..<slashes] + shown[(at + 1)...]
            }
        }
        let printable = shown.map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
        let query = end < bytes.endIndex && bytes[end] == UInt8(ascii: "?") ? "?…" : ""
        description = String(decoding: printable.prefix(512), as: UTF8.self) + query
    }

    private static func endOfScheme(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            return nil
        }
        return colon + 3
    }
}

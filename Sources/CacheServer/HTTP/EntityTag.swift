/// An entity tag of a stored object, and the comparison that conditional requests make (RFC 9110, 8.8.3).
struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// Without quotes and without `W/`.
    let value: String
    /// Whether it names the content only, in whatever coding it is sent.
    let isWeak: Bool

    /// As the field ETag writes it.
    var description: String { (isWeak ? "W/" : "") + "\"" + value + "\"" }

    init(value: String, isWeak: Bool) {
        self.value = value
        self.isWeak = isWeak
    }

    /// Reads a field that names one tag, quoted or bare.
    ///
    /// - Returns: nil for a list, for `*`, and for what no store could have given out.
    init?(single field: String) {
        let tag = field.trimmed
        value = Self.bare(tag)
        isWeak = tag.hasPrefix("W/")
        let isOpaque = { (byte: UInt8) in byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "\"") }
        guard tag != "*", !tag.contains(","), !value.isEmpty, value.utf8.allSatisfy(isOpaque) else { return nil }
    }

    /// Whether If-None-Match names this tag, so that the client has the content already.
    ///
    /// - Parameter field: a list of tags, quoted or, as some clients send them, bare; or `*`.
    func isListed(in field: String) -> Bool {
        field.split(separator: ",").contains { element in
            let tag = element.trimmed
            return tag == "*" || Self.bare(tag) == value
        }
    }

    /// Whether If-Range names this tag, so that a range of it fits what the client has: the strong comparison.
    func isStrongly(_ field: String) -> Bool {
        !isWeak && !field.hasPrefix("W/") && Self.bare(field.trimmed) == value
    }

    private static func bare(_ tag: String) -> String {
        let opaque = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
        let isQuoted = opaque.count >= 2 && opaque.hasPrefix("\"") && opaque.hasSuffix("\"")
        return String(isQuoted ? opaque.dropFirst().dropLast() : opaque)
    }
}

extension NarInfo {
    /// Checks what the types of the members leave open.
    ///
    /// - Throws: ``NarKitError`` with the code `invalidNarInfo` when the URL is empty, absolute, leaves the cache, or has
    ///   bytes that no URL has; the compression or the system is empty or has spaces or control characters; the hash of the
    ///   NAR or of the file is not SHA-256; or the size of the NAR is 0.
    public func validate() throws(NarKitError) {
        guard let reason = url.reasonNotToServe else {
            try validateValues()
            return
        }
        throw refused("its URL \(quoted(url)) \(reason)")
    }

    private func validateValues() throws(NarKitError) {
        guard Self.isWord(compression) else { throw refused("its Compression \(quoted(compression)) must be one word") }
        if let system, !Self.isWord(system) { throw refused("its System \(quoted(system)) must be one word") }
        guard narHash.algorithm == .sha256 else { throw refused("its NarHash must be a sha256 hash") }
        if let fileHash, fileHash.algorithm != .sha256 { throw refused("its FileHash must be a sha256 hash") }
        guard narSize > 0 else { throw refused("its NarSize must be more than 0 bytes") }
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    private func refused(_ reason: String) -> NarKitError {
        NarKitError(.invalidNarInfo, "The narinfo of \(storePath) is refused: \(reason).")
    }
}

extension String {
    /// Why the URL of a narinfo must not be followed, or nil when it names something within the cache.
    ///
    /// Percent escapes are undone first, and everything up to the end counts, because some caches are directories, where
    /// `?` and `#` are ordinary characters.
    fileprivate var reasonNotToServe: String? {
        let bytes = Array(utf8)
        guard !bytes.isEmpty else { return "must not be empty" }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return "has bytes that no URL has" }
        guard let path = removingPercentEscapes(bytes), !path.contains(0) else { return "has a bad percent escape" }
        guard !isSeparator(path[0]), !hasScheme(bytes) else {
            return "must be relative to the cache, such as nar/….nar.zst"
        }
        let dots = Array("..".utf8)[...]
        return path.split(whereSeparator: isSeparator).contains(dots) ? "must not leave the cache with .." : nil
    }
}

/// Backslashes separate directories on some systems.
private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
}

/// The bytes with `%xx` replaced by what it stands for, or nil when an escape is malformed.
private func removingPercentEscapes(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%") {
            guard index + 2 < bytes.count,
                let value = Hexadecimal.decode(bytes.span.extracting((index + 1)..<(index + 3)))
            else { return nil }
            result += value
            index += 3
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return result
}

/// Whether a URL begins with a scheme such as `https:` (RFC 3986, section 3.1).
private func hasScheme(_ bytes: [UInt8]) -> Bool {
    bytes.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        .contains(UInt8(ascii: ":"))
}

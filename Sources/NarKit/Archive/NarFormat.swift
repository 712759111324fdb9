/// The words of the NAR grammar, framed as the archive has them.
///
/// Every string is its length in eight bytes (little-endian), its bytes, and zeros up to a multiple of eight.
enum NarFormat {
    static let magic: StaticString = "nix-archive-1"

    /// Up to the first node.
    static let opening = framed("nix-archive-1")
    static let close = framed(")")
    static let directory = framed("(", "type", "directory")
    /// Up to the length of an entry's name.
    static let entry = framed("entry", "(", "name")
    static let node = framed("node")
    /// Closes the node of an entry and the entry.
    static let closeTwice = framed(")", ")")
    /// Up to the length of the contents.
    static let regular = framed("(", "type", "regular", "contents")
    static let executable = framed("(", "type", "regular", "executable", "", "contents")
    static let symlink = framed("(", "type", "symlink", "target")

    /// How many zeros follow a string of this many bytes.
    @inline(__always)
    static func padding(after count: UInt64) -> Int {
        Int((8 - count % 8) % 8)
    }

    private static func framed(_ words: String...) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in words {
            bytes.appendNarLength(UInt64(word.utf8.count))
            bytes.append(contentsOf: word.utf8)
            bytes.appendNarPadding(after: UInt64(word.utf8.count))
        }
        return bytes
    }
}

extension [UInt8] {
    /// Appends a length as the archive has it.
    mutating func appendNarLength(_ length: UInt64) {
        Swift.withUnsafeBytes(of: length.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends the zeros that follow a string of this many bytes.
    mutating func appendNarPadding(after count: UInt64) {
        for _ in 0..<NarFormat.padding(after: count) { append(0) }
    }

    /// Appends a whole string of the archive.
    mutating func appendNarString(_ bytes: some Collection<UInt8>) {
        appendNarLength(UInt64(bytes.count))
        append(contentsOf: bytes)
        appendNarPadding(after: UInt64(bytes.count))
    }
}

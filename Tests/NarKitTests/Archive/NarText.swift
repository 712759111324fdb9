/// Spells archives, right or wrong, word by word.
enum NarText {
    /// The strings of an archive, each with its length and padding.
    static func archive(_ words: [String]) -> [UInt8] {
        words.flatMap { string(Array($0.utf8)) }
    }

    static func string(_ bytes: [UInt8], padding: UInt8 = 0) -> [UInt8] {
        let length = (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }
        return length + bytes + Array(repeating: padding, count: (8 - bytes.count % 8) % 8)
    }

    static func file(_ contents: String) -> [String] { ["(", "type", "regular", "contents", contents, ")"] }

    static func entry(_ name: String, _ node: [String]) -> [String] {
        ["entry", "(", "name", name, "node"] + node + [")"]
    }

    static func directory(_ entries: [[String]]) -> [String] {
        ["(", "type", "directory"] + entries.flatMap { $0 } + [")"]
    }

    static let magic = ["nix-archive-1"]
}

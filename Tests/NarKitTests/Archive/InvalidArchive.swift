import Testing

/// An archive that must be refused, and the sentence that says why.
struct InvalidArchive: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let message: String
    var testDescription: String { name }

    init(_ name: String, _ words: [String], _ message: String) {
        self.init(name, bytes: NarText.archive(NarText.magic + words), message)
    }

    init(_ name: String, bytes: [UInt8], _ message: String) {
        self.name = name
        self.bytes = bytes
        self.message = "The archive is not a valid NAR at byte \(message)."
    }

    static let all: [InvalidArchive] = [
        InvalidArchive("empty", bytes: [], "0: it is cut off; fetch it again"),
        InvalidArchive(
            "another magic", bytes: NarText.archive(["nix-archive-2"]),
            #"24: "nix-archive-2" stands where "nix-archive-1" is expected"#),
        InvalidArchive(
            "a word that is too long", bytes: NarText.archive(["nix-archive-1", String(repeating: "(", count: 17)]),
            "24: a word has 17 bytes, more than the 16 that are accepted"),
        InvalidArchive(
            "a huge length", bytes: NarText.archive(NarText.magic) + Array(repeating: 0xff, count: 8),
            "24: a word has 18446744073709551615 bytes, more than the 16 that are accepted"),
        InvalidArchive(
            "padding", bytes: NarText.archive(NarText.magic) + NarText.string([40], padding: 1),
            "40: its padding is not zero"),
        InvalidArchive(
            "padding of contents",
            bytes: NarText.archive(NarText.magic + ["(", "type", "regular", "contents"])
                + NarText.string([1], padding: 1), "97: its padding is not zero"),
        InvalidArchive("an unknown type", ["(", "type", "socket", ")"], #"72: the type "socket" is unknown"#),
        InvalidArchive(
            "a missing type", ["(", "contents", "x", ")"], #"56: "contents" stands where "type" is expected"#),
        InvalidArchive(
            "a file without contents", ["(", "type", "regular", ")"], #"88: ")" stands where "contents" is expected"#),
        InvalidArchive(
            "a mark that is not empty", ["(", "type", "regular", "executable", "x"],
            #"112: "x" stands where "" is expected"#),
        InvalidArchive(
            "a link without a target", ["(", "type", "symlink", "target", "", ")"],
            "96: the target of a symbolic link is empty or contains a zero byte"),
        InvalidArchive(
            "a target with a zero byte", ["(", "type", "symlink", "target", "a\0b", ")"],
            "104: the target of a symbolic link is empty or contains a zero byte"),
        InvalidArchive("something after the end", NarText.file("") + ["x"], "112: something follows its end"),
        InvalidArchive("cut off in a file", ["(", "type", "regular", "contents"], "88: it is cut off; fetch it again"),
        InvalidArchive(
            "two entries of one name",
            NarText.directory([NarText.entry("a", NarText.file("")), NarText.entry("a", NarText.file(""))]),
            #"328: the name "a" does not follow "a" in byte order"#),
        InvalidArchive(
            "entries out of order",
            NarText.directory([NarText.entry("b", NarText.file("")), NarText.entry("a", NarText.file(""))]),
            #"328: the name "a" does not follow "b" in byte order"#),
        InvalidArchive(
            "an empty name", NarText.directory([NarText.entry("", NarText.file(""))]), "136: a name is empty"),
        InvalidArchive(
            "the directory itself", NarText.directory([NarText.entry(".", NarText.file(""))]),
            #"144: the name "." leads out of its directory"#),
        InvalidArchive(
            "the parent", NarText.directory([NarText.entry("..", NarText.file(""))]),
            #"144: the name ".." leads out of its directory"#),
        InvalidArchive(
            "a slash", NarText.directory([NarText.entry("a/b", NarText.file(""))]),
            #"144: the name "a/b" contains a slash or a zero byte"#),
        InvalidArchive(
            "a zero byte", NarText.directory([NarText.entry("a\0", NarText.file(""))]),
            #"144: the name "a\x00" contains a slash or a zero byte"#),
        InvalidArchive(
            "a name that is too long",
            NarText.directory([NarText.entry(String(repeating: "a", count: 256), NarText.file(""))]),
            "128: a name has 256 bytes, more than the 255 that are accepted"),
    ]
}

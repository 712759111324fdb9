import Testing

@testable import NarKit

/// Every way in which a narinfo can be malformed, with the whole message.
@Suite struct NarInfoRefusalTests {
    struct Refusal: Sendable {
        var text: String
        var message: String

        init(_ text: String, _ message: String) {
            self.text = text
            self.message = message
        }
    }

    private static let path = NarInfoSample.path
    private static let minimal = NarInfoSample.minimal
    private static let notBaseName =
        "is not the base name of a store path: it must be 32 nix32 characters, a dash, and a name of 1 to 211 letters, digits and + - . _ ? =."

    private static func text(_ lines: [String]) -> String { NarInfoSample.text(lines) }
    private static func text(with line: String) -> String { NarInfoSample.text(with: line) }
    private static func text(without key: String) -> String { text(minimal.filter { !$0.hasPrefix(key) }) }

    private static let malformedLines: [Refusal] = [
        Refusal(
            text(minimal).replacing("\n", with: "\r\n"),
            "Line 1 of a narinfo is refused: it has a carriage return, but lines must end in a line feed alone."
        ),
        Refusal(
            String(text(minimal).dropLast()),
            "Line 6 of a narinfo is refused: it must end in a line feed, like every line."
        ),
        Refusal(
            "\n" + text(minimal),
            "Line 1 of a narinfo is refused: it must be a key, a colon, a space and a value."
        ),
        Refusal(
            text(minimal) + "\n",
            "Line 7 of a narinfo is refused: it must be a key, a colon, a space and a value."
        ),
        Refusal(
            text(minimal + ["x"]),
            "Line 7 of a narinfo is refused: it must be a key, a colon, a space and a value."
        ),
        Refusal(
            text(minimal + [": x"]),
            "Line 7 of a narinfo is refused: it must be a key, a colon, a space and a value."
        ),
        Refusal(
            text(with: "References:"),
            "Line 6 of a narinfo is refused: it must be a key, a colon, a space and a value."
        ),
        Refusal(
            text(with: "NarSize:120"),
            "Line 5 of a narinfo is refused: it must be a key, a colon, a space and a value."
        ),
    ]

    private static let missingOrSecond: [Refusal] = [
        Refusal("", #"A narinfo is refused: it must have a line that begins with "StorePath: "."#),
        Refusal(
            text(without: "StorePath"),
            #"A narinfo is refused: it must have a line that begins with "StorePath: "."#
        ),
        Refusal(text(without: "URL"), #"A narinfo is refused: it must have a line that begins with "URL: "."#),
        Refusal(
            text(without: "NarHash"),
            #"A narinfo is refused: it must have a line that begins with "NarHash: "."#
        ),
        Refusal(
            text(without: "NarSize"),
            #"A narinfo is refused: it must have a line that begins with "NarSize: "."#
        ),
        Refusal(
            text(minimal + [minimal[0]]),
            "Line 7 of a narinfo is refused: it is a second StorePath, but there may be only one."
        ),
        Refusal(
            text(minimal + ["URL: x"]),
            "Line 7 of a narinfo is refused: it is a second URL, but there may be only one."
        ),
        Refusal(
            text(minimal + ["References: "]),
            "Line 7 of a narinfo is refused: it is a second References, but there may be only one."
        ),
    ]

    private static let malformedValues: [Refusal] = [
        Refusal(text(with: "NarSize: x"), #"Line 5 of a narinfo is refused: "x" is not a number of bytes."#),
        Refusal(text(with: "NarSize: "), #"Line 5 of a narinfo is refused: "" is not a number of bytes."#),
        Refusal(text(with: "NarSize: -1"), #"Line 5 of a narinfo is refused: "-1" is not a number of bytes."#),
        Refusal(text(with: "NarSize: 1 "), #"Line 5 of a narinfo is refused: "1 " is not a number of bytes."#),
        Refusal(
            text(with: "NarSize: 18446744073709551616"),
            #"Line 5 of a narinfo is refused: "18446744073709551616" is not a number of bytes."#
        ),
        Refusal(text(with: "FileSize: 1k"), #"Line 7 of a narinfo is refused: "1k" is not a number of bytes."#),
        Refusal(
            text(with: "NarSize: 0"),
            "The narinfo of \(path) is refused: its NarSize must be more than 0 bytes."
        ),
        Refusal(
            text(with: "NarHash: sha256:x"),
            "Line 4 (NarHash) of a narinfo is refused: \"sha256:x\" is not a sha256 hash: it must spell 32 bytes in nix32, hexadecimal or base 64."
        ),
        Refusal(
            text(with: "FileHash: "),
            "Line 7 (FileHash) of a narinfo is refused: \"\" does not name its hash algorithm: write it as sha256:… or sha256-…."
        ),
        Refusal(
            text(with: "NarHash: md5:900150983cd24fb0d6963f7d28e17f72"),
            "The narinfo of \(path) is refused: its NarHash must be a sha256 hash."
        ),
        Refusal(
            text(with: "FileHash: md5:900150983cd24fb0d6963f7d28e17f72"),
            "The narinfo of \(path) is refused: its FileHash must be a sha256 hash."
        ),
        Refusal(
            text(with: "StorePath: /nix/store/x"),
            "Line 1 (StorePath) of a narinfo is refused: \"x\" \(notBaseName)"
        ),
        Refusal(
            text(with: "StorePath: \(path)"),
            "Line 1 (StorePath) of a narinfo is refused: \"\(path)\" is not in the store directory /nix/store: give a path that begins with /nix/store/."
        ),
        Refusal(
            text(with: "References: /nix/store/\(path)"),
            "Line 6 (References) of a narinfo is refused: \"/nix/store/\(path)\" \(notBaseName)"
        ),
        Refusal(text(with: "Deriver: x"), "Line 7 (Deriver) of a narinfo is refused: \"x\" \(notBaseName)"),
        Refusal(
            text(with: "Sig: k:AAAA"),
            "Line 7 (Sig) of a narinfo is refused: \"k:AAAA\" is not a signature: it must be the name of a key, a colon, and 64 bytes in base 64."
        ),
        Refusal(
            text(with: "CA: x"),
            "Line 7 (CA) of a narinfo is refused: \"x\" is not a content address: it must be text:, fixed:, fixed:r: or fixed:git: and a hash such as sha256:…."
        ),
        Refusal(
            text(with: "Compression: a b"),
            "The narinfo of \(path) is refused: its Compression \"a b\" must be one word."
        ),
        Refusal(text(with: "System: "), "The narinfo of \(path) is refused: its System \"\" must be one word."),
    ]

    @Test(arguments: malformedLines + missingOrSecond + malformedValues)
    func refuses(_ refusal: Refusal) throws {
        let error = try #require(throws: NarKitError.self) { try NarInfo(parsing: refusal.text) }
        #expect(error.code == .invalidNarInfo)
        #expect(error.message == refusal.message)
    }
}

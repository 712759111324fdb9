import Testing

@testable import CacheClient

@Suite struct ShellWordsTests {
    /// What `printf '[%s]' …` of a shell prints for the same text.
    @Test(
        "a command is split as a shell splits it",
        arguments: [
            ("node /tmp/token.js", ["node", "/tmp/token.js"]), ("  a\t b\n", ["a", "b"]), ("", []), ("   ", []),
            (#"a 'b c' "d e""#, ["a", "b c", "d e"]), (#"a\ b c\\d"#, ["a b", #"c\d"#]), ("a''b ''", ["ab", ""]),
            (#"'it'\''s'"#, ["it's"]), (#""a\"b\\c\d\$e""#, [#"a"b\c\d$e"#]), (#"'a\b'"#, [#"a\b"#]),
            ("a\\\nb", ["ab"]), ("$HOME `x` | > & ;", ["$HOME", "`x`", "|", ">", "&", ";"]),
            ("naïve 'ö'", ["naïve", "ö"]),
        ])
    func split(text: String, words: [String]) {
        #expect(ShellWords.split(text) == words)
    }

    @Test("a quotation that does not end is refused", arguments: ["'a", "\"a", "a\\", "\"a\\", #"a "b'"#])
    func open(text: String) {
        #expect(ShellWords.split(text) == nil)
    }
}

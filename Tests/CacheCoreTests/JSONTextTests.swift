import Testing

@testable import CacheCore

@Suite("JSON strings") struct JSONTextTests {
    @Test(
        "are escaped where they must be",
        arguments: [
            ("", #""""#), ("nar/a.nar.zst", #""nar/a.nar.zst""#), ("grün ☃", #""grün ☃""#),
            (#"say "no""#, #""say \"no\"""#), (#"C:\nix"#, #""C:\\nix""#),
            ("\u{0}a\nb\u{1F}\u{7F}", "\"\\u0000a\\u000ab\\u001f\u{7F}\""),
        ])
    func escaping(text: String, json: String) {
        var bytes = Array("[".utf8)
        bytes.append(json: text)
        #expect(String(decoding: bytes, as: UTF8.self) == "[" + json)
    }
}

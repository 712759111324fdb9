import CacheServer
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("", "", true), ("", "a", false), ("a", "a", true), ("a", "A", false), ("a", "aa", false), ("a", "", false),
        ("*", "", true), ("*", "a/b:c d", true), ("**", "", true), ("a*", "a", true), ("a*", "ab/c:d", true),
        ("a*", "ba", false), ("*a", "ba", true), ("*a", "ab", false), ("*a*", "xay", true), ("*a*", "xy", false),
        ("?", "a", true), ("?", "", false), ("?", "ab", false), ("?", "/", true), ("?", "é", true),
        ("??", "e\u{301}", true), ("?*", "", false), ("?*", "a", true), ("a?c", "abc", true), ("a?c", "ac", false),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/x/y:ref:refs/heads/main", true),
        ("repo:acme/*:ref:refs/heads/main", "repo:evil/x:ref:refs/heads/main", false),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/x:ref:refs/heads/main2", false),
        ("repo:acme/*:ref:refs/heads/main", "xrepo:acme/x:ref:refs/heads/main", false),
        ("*.example.org", "example.org", false), ("*.example.org", "a.example.org", true),
        ("*.example.org", "a.example.org.evil", false), ("*.example.org", "aXexample.org", false),
        ("[ab]", "a", false), ("[ab]", "[ab]", true), ("{a,b}", "a", false), ("\\*", "\\x", true), ("\\*", "*", false),
        ("a.c", "abc", false), ("a+", "aa", false), ("a|b", "a", false), ("^a$", "a", false), ("a\n", "a", false),
        ("*a*b*c", "xaybzc", true), ("*a*b*c", "xaybzcd", false), ("a*b*a", "aba", true), ("ab*ba", "aba", false),
        ("é", "e\u{301}", false), ("a*\u{0}", "ab\u{0}", true),
    ])
    func matching(pattern: String, text: String, matches: Bool) throws {
        #expect(try Glob(pattern).matches(text) == matches)
    }

    /// A pattern that takes others exponentially long.
    @Test func manyStars() throws {
        let glob = try Glob(String(repeating: "*a", count: 500) + "b")
        let start = ContinuousClock.now
        #expect(!glob.matches(String(repeating: "a", count: 16_000)))
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func longPatterns() throws {
        #expect(try Glob(String(repeating: "é", count: 512)).matches(String(repeating: "é", count: 512)))
        #expect(throws: ConfigurationError.self) { try Glob(String(repeating: "a", count: 1025)) }
    }
}

import CacheCore
import HTTPTypes
import HummingbirdTesting
import NarKit
import TestServices
import Testing

@testable import CacheServer

@Suite(.timeLimit(.minutes(3))) struct LandingPageTests {
    private static let page = LandingPage(
        cacheURL: "https://cache.example.org", serverURL: nil, publicKeys: ["a-1:AAA=", "b-1:BBB="],
        statistics: CacheStatistics(objects: 1_234_567, logicalBytes: 98_700_000_000))

    @Test func saysHowToUseTheCache() {
        let html = Self.page.html
        for words in [
            "<dd id=\"objects\">1,234,567</dd>", "<dd id=\"bytes\">99 GB</dd>", ">a-1:AAA=\nb-1:BBB=</pre>",
            ">extra-substituters = https://cache.example.org\nextra-trusted-public-keys = a-1:AAA= b-1:BBB=</pre>",
            ">nix.settings = {\n  extra-substituters = [ &quot;https://cache.example.org&quot; ];\n  "
                + "extra-trusted-public-keys = [ &quot;a-1:AAA=&quot; &quot;b-1:BBB=&quot; ];\n};</pre>",
            ">nixConfig = {\n  extra-substituters = [ &quot;https://cache.example.org&quot; ];",
            ">nix build --option extra-substituters &#39;https://cache.example.org&#39; \\\n  "
                + "--option extra-trusted-public-keys &#39;a-1:AAA= b-1:BBB=&#39;</pre>",
        ] { #expect(html.contains(words), "\(words) is not in\n\(html)") }
        #expect(html.utf8.count < 15_000)
    }

    @Test func withoutKeys() {
        let html = LandingPage(cacheURL: "http://c", serverURL: nil, publicKeys: []).html
        #expect(!html.contains("trusted-public-keys"))
        #expect(html.contains(#"data-source="/api/cache-stats" hidden>"#))
        #expect(html.contains("It signs nothing itself"))
    }

    @Test func whatIsFromOutsideStaysText() {
        let bad = #""><script>alert('${x}')</script>"#
        let html = LandingPage(cacheURL: "https://c/\(bad)", serverURL: "https://s/\(bad)", publicKeys: [bad]).html
        #expect(html.matches(of: /<script>/).count == 1)
        #expect(
            html.contains(#"[ &quot;https://c/\&quot;&gt;&lt;script&gt;alert(&#39;\${x}&#39;)&lt;/script&gt;&quot; ]"#))
    }

    @Test(arguments: [
        (nil, "connect-src 'self'"), ("https://s.example", "connect-src https://s.example"),
        ("https://s.example:1/", "connect-src https://s.example:1"), ("https://s; script-src *", "connect-src 'self'"),
    ])
    func asksOnlyItsServer(serverURL: String?, directive: String) {
        let policy = LandingPage(cacheURL: "https://c", serverURL: serverURL, publicKeys: []).policy.text
        let parts = policy.split(separator: ";").map { $0.trimmingPrefix(" ") }
        #expect(parts.first == "default-src 'none'")
        #expect(parts.contains(directive[...]))
        #expect(!policy.contains("unsafe"))
        #expect(policy.matches(of: /'sha256-[A-Za-z0-9+\/]{43}='/).count == 2)
    }

    @Test func isServedAtTheRoot() async throws {
        try await TestServer.run { server in
            let response = try await server.routes { try await $0.send(.get, "/") }
            #expect(response.headers[.contentType] == "text/html; charset=utf-8")
            #expect(response.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
            #expect(response.text.contains("extra-trusted-public-keys = \(server.publicKey)<"))
        }
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1449, "1.4 kB"), (9_949, "9.9 kB"), (9_960, "10 kB"),
        (999_499, "999 kB"), (999_500, "1.0 MB"), (-2_500_000, "-2.5 MB"), (Int64.max, "9.2 EB"),
    ])
    func sizes(bytes: Int64, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test func everythingPutIntoAPageIsEscaped() {
        // To a browser, < with a mark is a < followed by a mark.
        let text = "<b>&\"'<\u{338}"
        let page: HTML = "<p title=\"\(text)\">\(7)\("<i>" as HTML)</p>"
        #expect(page.text == "<p title=\"&lt;b&gt;&amp;&quot;&#39;&lt;\u{338}\">7<i></p>")
    }
}

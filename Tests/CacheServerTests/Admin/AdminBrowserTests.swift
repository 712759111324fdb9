import CacheCore
import CacheStorage
import TestServices
import Testing

@testable import CacheServer

/// The pages for whoever runs the cache, as people see them.
@Suite(.timeLimit(.minutes(5)), .serialized) struct AdminBrowserTests {
    /// Runs a browser on the pages of a server with a day's history.
    private func withPages(_ body: @Sendable @escaping (Browser, String) async throws -> Void) async throws {
        let clock = StoreClock(standingAt: Timestamp(seconds: 1_800_000_000))
        try await TestServer.run(clock: clock) { server in
            try await server.routes { client in
                for number in 0..<24 {
                    let leaf = SamplePath("library-\(number % 5)-1.2.\(number)")
                    try await TestPush(client).all(of: SamplePath("package-\(number)-0.\(number)", references: [leaf]))
                    for _ in 0..<6 {
                        try await server.storage.metadata.recordSample()
                        clock.advance(by: .seconds(600))
                    }
                }
                let running = SamplePath("package-24-0.24")
                _ = try await TestPush(client).create(
                    CreateUploadRequest(closure: running.narInfoKey, objects: running.closure))
            }
            try await collect(server)
            try await server.storage.metadata.recordCheck(
                FsckReport(
                    finishedAt: clock.now, options: FsckOptions(isDeep: true), summary: FsckSummary(), findings: []))
            try await server.live { port in
                try await Browser.run { browser in
                    let pair = "x:\(TestServer.token)"
                    try await browser.call(
                        "Network.setExtraHTTPHeaders",
                        ["headers": ["Authorization": .text("Basic " + Self.base64(pair))]])
                    try await body(browser, "http://localhost:\(port)")
                }
            }
        }
    }

    private static func base64(_ text: String) -> String {
        var encoded = Base64URL.encode(Array(text.utf8)).replacing("-", with: "+").replacing("_", with: "/")
        while encoded.utf8.count % 4 != 0 { encoded += "=" }
        return encoded
    }

    private func collect(_ server: TestServer) async throws {
        _ = try await server.collections.collect(GCParameters(olderThan: "24h", failedUploadsOlderThan: "12h"))
    }

    @Test func looksRight() async throws {
        try await withPages { browser, origin in
            let audit = PageAudit(browser: browser)
            let pages =
                AdminPage.Section.allCases.map { (name: $0.rawValue, path: $0.path) }
                + [
                    (name: "plan", path: "/admin/collections?plan=yes&older-than=10h&failed-uploads-older-than=1h"),
                    (
                        name: "why",
                        path: "/admin/why?key=\(QueryValue(SamplePath("library-3-1.2.23").narKey))"
                    ),
                ]
            for (name, path) in pages {
                for (look, width, isDark) in [("light", 1200, false), ("dark", 1200, true), ("narrow", 320, false)] {
                    try await browser.resize(width: width, height: 800)
                    try await browser.prefer(dark: isDark)
                    try await browser.open(origin + path)
                    try await audit.fits()
                    try await audit.contrast()
                    try await audit.names()
                    if look == "light" || name == "overview" || name == "closures" {
                        #expect(try await browser.screenshot("admin-\(name)-\(look)") > 5_000)
                    }
                }
            }
            audit.isAlone(at: origin)
        }
    }

    /// Forms are used without any script: the page has none.
    @Test func formsWork() async throws {
        try await withPages { browser, origin in
            let path = "/nix/store/" + SamplePath("package-23-0.23", references: []).baseName
            try await browser.open(origin + "/admin/pins")
            try await browser.submit(
                """
                const form = document.querySelector('form[action="/admin/pins"]');
                form.elements["name"].value = "nightly";
                form.elements["store-path"].value = "\(path)";
                form.requestSubmit();
                """)
            #expect(try await browser.evaluate("location.pathname + location.search") == "/admin/pins?done=pinned")
            let row = try await browser.evaluate("document.querySelector('tbody tr').innerText")
            #expect(row.text?.contains("nightly") == true && row.text?.contains(path) == true)
            try await browser.submit(#"document.querySelector('form[action="/admin/pins/delete"]').requestSubmit();"#)
            #expect(try await browser.evaluate("location.search") == "?done=unpinned")
            #expect(try await browser.evaluate("document.querySelector('tbody')") == .null)
            try await browser.open(origin + "/admin/closures")
            try await browser.submit(
                """
                const form = document.querySelector('form[role="search"]');
                form.elements["search"].value = "PACKAGE-23";
                form.requestSubmit();
                """)
            #expect(try await browser.evaluate("document.querySelectorAll('tbody tr').length") == 1)
            PageAudit(browser: browser).isAlone(at: origin)
        }
    }

    @Test func plotsShowWhatWasNoted() async throws {
        try await withPages { browser, origin in
            try await browser.open(origin + "/admin")
            let titles = try await browser.evaluate(
                "[...document.querySelectorAll('svg title')].map((t) => t.textContent)")
            let first = titles.list?.first?.text ?? ""
            #expect(first.hasPrefix("Objects: 6 on 2027-01-15 08:00, "), "\(titles)")
            let points = try await browser.evaluate(
                "document.querySelector('.plot .line').getAttribute('d').split('L').length")
            #expect(points == 144)
        }
    }
}

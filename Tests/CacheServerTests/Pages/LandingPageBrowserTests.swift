import CacheServer
import TestServices
import Testing

/// The landing page as people see it.
@Suite(.timeLimit(.minutes(5)), .serialized) struct LandingPageBrowserTests {
    /// Runs a browser on the page of a server that has something.
    private func withPage(_ body: @Sendable @escaping (Browser, String) async throws -> Void) async throws {
        try await TestServer.run { server in
            try await server.live { port in
                try await Browser.run { try await body($0, "http://localhost:\(port)") }
            }
        }
    }

    @Test func looksRight() async throws {
        try await withPage { browser, origin in
            let audit = PageAudit(browser: browser)
            for (name, width, isDark) in [("light", 1200, false), ("dark", 1200, true), ("narrow", 320, false)] {
                try await browser.resize(width: width, height: 800)
                try await browser.prefer(dark: isDark)
                try await browser.open(origin + "/")
                try await audit.fits()
                try await audit.contrast()
                try await audit.names()
                #expect(try await browser.screenshot("landing-\(name)") > 10_000)
                let back = try await browser.evaluate("getComputedStyle(document.body).backgroundColor")
                #expect(back == (isDark ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)"))
            }
            audit.isAlone(at: origin)
        }
    }

    @Test func copies() async throws {
        try await withPage { browser, origin in
            try await browser.call(
                "Browser.grantPermissions", ["permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]])
            try await browser.open(origin + "/")
            let names = try await browser.evaluate(
                #"[...document.querySelectorAll(".code button")].map((b) => b.getAttribute("aria-label"))"#)
            #expect(
                names == [
                    "Copy public keys", "Copy nix.conf", "Copy NixOS configuration", "Copy flake configuration",
                    "Copy command line",
                ])
            for index in 0..<(names.list?.count ?? 0) {
                let copied = try await browser.evaluate(
                    """
                    (async () => {
                      const box = document.querySelectorAll(".code")[\(index)];
                      box.querySelector("button").click();
                      await new Promise((done) => setTimeout(done, 100));
                      return [await navigator.clipboard.readText() === box.querySelector("pre").textContent,
                              box.querySelector("button").textContent, document.getElementById("said").textContent];
                    })()
                    """)
                let name = names.list?[index].text ?? ""
                #expect(copied == [true, "Copied", .text(name.replacing("Copy", with: "Copied", maxReplacements: 1))])
            }
        }
    }

    @Test func isUsedByKeyboard() async throws {
        try await withPage { browser, origin in
            try await browser.open(origin + "/")
            var focused: [String] = []
            for _ in 0..<10 {
                try await browser.press("Tab", code: 9)
                let name = try await browser.evaluate(#"document.activeElement.getAttribute("aria-label")"#)
                focused.append(name.text ?? "nothing")
            }
            #expect(
                focused == [
                    "public keys", "Copy public keys", "nix.conf", "Copy nix.conf", "NixOS configuration",
                    "Copy NixOS configuration", "flake configuration", "Copy flake configuration", "command line",
                    "Copy command line",
                ])
            try await browser.press("Enter", code: 13, text: "\r")
            let said = try await browser.evaluate(
                "new Promise((done) => setTimeout(() => done(document.getElementById('said').textContent), 100))")
            #expect(said == "Copied command line")
        }
    }

    @Test func numbersAreNew() async throws {
        try await TestServer.run { server in
            let page = LandingPage(
                cacheURL: "https://cache.example.org", serverURL: nil, publicKeys: [server.publicKey])
            try await ServerObjects(
                metadata: server.storage.metadata, objects: server.storage.objects, times: server.times
            ).put(page)
            try await server.live { port in
                try await Browser.run { browser in
                    let origin = "http://localhost:\(port)"
                    // As it lies in a bucket: without numbers, and without the field of the policy.
                    try await browser.open(origin + "/index.html")
                    let numbers = try await browser.evaluate(
                        """
                        new Promise((done) => setTimeout(() => done(
                          document.getElementById("statistics").checkVisibility() + " "
                          + document.getElementById("objects").textContent + " "
                          + document.getElementById("bytes").textContent), 500))
                        """)
                    #expect(numbers == "true 0 0 B")
                    PageAudit(browser: browser).isAlone(at: origin)
                }
            }
        }
    }

    @Test func isReadableWithoutScripts() async throws {
        try await withPage { browser, origin in
            try await browser.call("Emulation.setScriptExecutionDisabled", ["value": true])
            try await browser.open(origin + "/")
            let text = try await browser.evaluate("document.body.innerText").text ?? ""
            for words in ["Nix binary cache", "Objects\n0", "extra-substituters = \(origin)", "nix build --option"] {
                #expect(text.contains(words), "\(words) is not in\n\(text)")
            }
            #expect(!text.contains("Copy"))
        }
    }
}

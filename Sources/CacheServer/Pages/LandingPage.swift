public import CacheCore

/// What a browser shows at the cache's own address: how to use it, and how much it holds.
public struct LandingPage: Sendable {
    private let cacheURL: String
    private let serverURL: String?
    private let publicKeys: [String]
    private let statistics: CacheStatistics?

    /// - Parameters:
    ///   - cacheURL: where readers find the cache.
    ///   - serverURL: where the page asks for the numbers; nil where it lies at the server itself.
    ///   - publicKeys: as `name:base64`.
    ///   - statistics: the numbers that stand there already; nil for none until a script has asked for them.
    public init(cacheURL: String, serverURL: String?, publicKeys: [String], statistics: CacheStatistics? = nil) {
        self.cacheURL = cacheURL
        self.serverURL = serverURL
        self.publicKeys = publicKeys
        self.statistics = statistics
    }

    /// The page, without anything from elsewhere. Without JavaScript only buttons and new numbers are missing.
    public var html: String {
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy.text)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="description" content="A Nix binary cache: how to use it.">
            <title>\(title)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>Nix binary cache</h1>
            <p class="quiet">\(cacheURL)</p>
            \(numbers)
            \(keys)
            <h2>How to fetch from it</h2>
            \(HTML(snippets.map(\.html)))
            </main>
            <p id="said" class="said" role="status"></p>
            <script>\(Self.script)</script>
            </body>
            </html>

            """
        return page.text
    }

    /// What the page may load and run. It stands in the page too, which a bucket serves without this field.
    var policy: ContentPolicy {
        ContentPolicy(
            style: Self.style.text, script: Self.script.text, connections: serverURL.flatMap(Self.origin) ?? "'self'")
    }

    private var title: String {
        let host = cacheURL.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
        return "Nix binary cache" + (host.map { " · \($0)" } ?? "")
    }

    private var numbers: HTML {
        let source = (serverURL ?? "") + "/api/cache-stats"
        let isHidden: HTML = statistics == nil ? " hidden" : ""
        let (objects, bytes) = (statistics?.objects ?? 0, statistics?.logicalBytes ?? 0)
        return """
            <dl class="numbers" id="statistics" data-source="\(source)"\(isHidden)>
            <div><dt>Objects</dt><dd id="objects">\(objects.grouped)</dd></div>
            <div><dt>Stored</dt><dd id="bytes">\(ByteCount(bytes).description)</dd></div>
            </dl>
            """
    }

    private var keys: HTML {
        guard !publicKeys.isEmpty else {
            return
                "<p>It signs nothing itself: what is in it has to bear signatures of keys that you trust already.</p>"
        }
        return """
            <h2>\(publicKeys.count == 1 ? "Public key" : "Public keys")</h2>
            \(Snippet(name: "public keys", text: publicKeys.joined(separator: "\n")).html)
            """
    }

    /// The origin of a URL, as a policy takes it; nil for what would not stay one word there.
    private static func origin(of url: String) -> String? {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count >= 2, RequestOrigin.isAuthority(String(parts[1])) else { return nil }
        return "\(parts[0])//\(parts[1])"
    }
}

extension LandingPage {
    /// Text to be copied.
    struct Snippet: Sendable {
        /// As in "Copy …".
        let name: String
        /// Its heading; nil where it has none of its own.
        var title: String?
        let text: String

        var html: HTML {
            let heading: HTML = title.map { "<h3>\($0)</h3>\n" } ?? ""
            return """
                \(heading)<div class="code" data-name="\(name)"><pre tabindex="0" aria-label="\(name)">\(text)</pre></div>

                """
        }
    }

    /// How to use the cache, by the ways there are.
    private var snippets: [Snippet] {
        let keys = publicKeys.joined(separator: " ")
        let (url, quotedKeys) = (Self.quoted(cacheURL), publicKeys.map { Self.quoted($0) }.joined(separator: " "))
        let hasKeys = !publicKeys.isEmpty
        return [
            Snippet(
                name: "nix.conf", title: "nix.conf",
                text: "extra-substituters = \(cacheURL)"
                    + (hasKeys ? "\nextra-trusted-public-keys = \(keys)" : "")),
            Snippet(
                name: "NixOS configuration", title: "NixOS",
                text: "nix.settings = {\n  extra-substituters = [ \(url) ];\n"
                    + (hasKeys ? "  extra-trusted-public-keys = [ \(quotedKeys) ];\n" : "") + "};"),
            Snippet(
                name: "flake configuration", title: "flake.nix",
                text: "nixConfig = {\n  extra-substituters = [ \(url) ];\n"
                    + (hasKeys ? "  extra-trusted-public-keys = [ \(quotedKeys) ];\n" : "") + "};"),
            Snippet(
                name: "command line", title: "Command line",
                text: "nix build --option extra-substituters '\(cacheURL)'"
                    + (hasKeys ? " \\\n  --option extra-trusted-public-keys '\(keys)'" : "")),
        ]
    }

    /// A string of the Nix language.
    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("${", with: "\\${")
        return "\"\(escaped)\""
    }
}

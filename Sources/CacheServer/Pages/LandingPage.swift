/// What a browser shows at the cache's own address: how to use it, and how much it holds.
public struct LandingPage: Sendable {
    private let cacheURL: String
    private let serverURL: String?
    private let publicKeys: [String]

    /// - Parameters:
    ///   - cacheURL: where readers find the cache.
    ///   - serverURL: where the page asks for the numbers; nil where it lies at the server itself.
    ///   - publicKeys: as `name:base64`.
    public init(cacheURL: String, serverURL: String?, publicKeys: [String]) {
        self.cacheURL = cacheURL
        self.serverURL = serverURL
        self.publicKeys = publicKeys
    }

    /// The page, without anything from elsewhere. Without JavaScript only the numbers are missing.
    public var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Nix binary cache</title>
        <style>
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
        pre { padding: 1rem; overflow-x: auto; border: 1px solid; border-radius: .25rem; }
        </style>
        </head>
        <body>
        <h1>Nix binary cache</h1>
        <p>To fetch from this cache, add to <code>nix.conf</code>:</p>
        <pre>extra-substituters = \(Self.escaped(cacheURL))
        extra-trusted-public-keys = \(Self.escaped(publicKeys.joined(separator: " ")))</pre>
        <p id="statistics" data-source="\(Self.escaped((serverURL ?? "") + "/api/cache-stats"))"></p>
        <script>
        const line = document.getElementById("statistics");
        fetch(line.dataset.source).then(answer => answer.json()).then(cache => {
          const size = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
          line.textContent = `It holds ${size.format(cache.objects)} objects, `
            + `${size.format(cache.logical_bytes / 1e9)} GB in all.`;
        }).catch(() => {});
        </script>
        </body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

import NarKit

/// What a page may load and run: only what stands in it, by its hash
/// (<https://www.w3.org/TR/CSP3/>).
struct ContentPolicy: Sendable {
    /// Of the page's one style element.
    let style: String
    /// Of its one script; nil for none.
    var script: String?
    /// Where scripts may ask for something, as `'self'`; nil for nowhere.
    var connections: String?
    /// Whether it has forms, which lead to the page's own server.
    var hasForms = false

    /// The value of the field, or of its `meta` element.
    var text: String {
        var parts = ["default-src 'none'", "style-src \(Self.source(style))"]
        if let script { parts.append("script-src \(Self.source(script))") }
        if let connections { parts.append("connect-src \(connections)") }
        parts += ["base-uri 'none'", "form-action \(hasForms ? "'self'" : "'none'")"]
        return parts.joined(separator: "; ")
    }

    private static func source(_ text: String) -> String {
        "'sha256-\(NixHash.sha256(of: text.utf8).base64)'"
    }
}

/// Which proxy requests go through.
public struct HTTPProxy: Hashable, Sendable {
    /// The proxy for `http` URLs, such as `http://proxy:3128`, or `nil` for none.
    public var http: String?

    /// The proxy for `https` URLs.
    public var https: String?

    /// Hosts that are asked directly, as curl reads `NO_PROXY`: names with their subdomains, addresses, networks,
    /// separated by commas, or `*`.
    public var bypass: String?

    /// Makes a choice of proxies.
    ///
    /// - Parameters:
    ///   - http: the proxy for `http` URLs.
    ///   - https: the proxy for `https` URLs.
    ///   - bypass: hosts that are asked directly.
    public init(http: String? = nil, https: String? = nil, bypass: String? = nil) {
        self.http = http
        self.https = https
        self.bypass = bypass
    }

    /// No proxy at all.
    public static let none = HTTPProxy()

    /// What the environment asks for, as curl reads it: `http_proxy` in small letters only (a CGI program's `Proxy`
    /// header would set the other one), the others in either.
    ///
    /// - Parameter environment: the variables by name.
    public init(environment: [String: String]) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let all = value("all_proxy", "ALL_PROXY")
        self.init(
            http: value("http_proxy") ?? all, https: value("https_proxy", "HTTPS_PROXY") ?? all,
            bypass: value("no_proxy", "NO_PROXY"))
    }

    func proxy(for url: String) -> String? {
        url.prefix(8).lowercased() == "https://" ? https : http
    }
}

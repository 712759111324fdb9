/// URLs that a provider is asked at.
enum ProviderURL {
    /// Whether a URL is one of `https`, or of `http` where that is allowed, without user, query and fragment.
    static func isUsable(_ url: String, allowsInsecure: Bool) -> Bool {
        let schemes = allowsInsecure ? ["https://", "http://"] : ["https://"]
        guard let scheme = schemes.first(where: url.hasPrefix) else { return false }
        let rest = url.dropFirst(scheme.count)
        guard let first = rest.first, first != "/", url.utf8.count <= 2048 else { return false }
        return rest.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"@?#\\\"<>".utf8.contains($0) }
    }

    /// Where the discovery document of an issuer is (OpenID Connect Discovery 1.0, 4).
    static func discovery(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }
}

import CacheServer
import HTTPTypes

/// Who may do what, besides the bearer of the API token.
struct AccessSettings: Sendable {
    /// How client certificates are seen.
    enum Certificates: Sendable {
        /// By the server itself.
        case tls
        /// By a proxy, which writes these fields.
        case proxy(verdict: HTTPField.Name, subject: HTTPField.Name)
    }

    /// Nil where there is no file of tokens.
    let tokensPath: String?
    /// Tokens that allow only reading.
    let readTokens: [StaticTokenAuthenticator]
    /// Nil where there are no providers.
    let oidc: OIDCConfiguration?
    /// Nil where certificates do not count.
    let certificates: Certificates?
    let certificateRules: CertificateRules

    /// - Parameter tls: what the server speaks TLS with.
    /// - Throws: ``ConfigurationError`` with a sentence for the first setting that cannot be used.
    init(_ given: AccessOptions, _ source: SettingSource, tls: TLSFiles?) throws(ConfigurationError) {
        tokensPath = source.text("tokens-path", given.tokensPath)
        readTokens = try Self.readTokens(source.list("read-token-path", given.readTokenPath))
        oidc = try source.text("oidc-config", given.oidcConfig).map { path throws(ConfigurationError) in
            try OIDCConfiguration(path: path)
        }
        certificates = try Self.certificates(given, source, tls: tls)
        let writers = source.list("mtls-bound-subject", given.mtlsBoundSubject)
        let readers = source.list("mtls-bound-subject-read", given.mtlsBoundSubjectRead)
        if certificates == nil, !(writers + readers).isEmpty {
            throw ConfigurationError(
                "--mtls-bound-subject\(writers.isEmpty ? "-read" : "") needs certificates to look at; give "
                    + "--tls-client-ca, or --mtls-proxy-header behind a proxy")
        }
        certificateRules = CertificateRules(writers: try Self.globs(writers), readers: try Self.globs(readers))
    }

    /// What whoever runs the server should know.
    var warnings: [String] {
        var warnings: [String] = []
        for provider in oidc?.providers ?? [] where provider.rules.contains(where: \.isOpen) {
            warnings.append(
                "every token of the OIDC provider \(provider.name) is let in that is for the audience "
                    + "\(provider.audience); bound_claims or bound_subject say whose")
        }
        if case .proxy(let verdict, _) = certificates {
            warnings.append(
                "requests are believed what they say in \(verdict): let only the proxy connect to this server")
        }
        return warnings
    }

    private static func readTokens(_ paths: [String]) throws(ConfigurationError) -> [StaticTokenAuthenticator] {
        var tokens: [StaticTokenAuthenticator] = []
        for path in paths {
            guard let token = try SecretFile(path: path).contents() else {
                throw ConfigurationError("--read-token-path \(path): there is no such file")
            }
            do {
                let holder = Principal(name: "read-token-\(tokens.count + 1)", scopes: .read)
                tokens.append(try StaticTokenAuthenticator(token: token, holder: holder))
            } catch {
                throw ConfigurationError("--read-token-path \(path): \(error)")
            }
        }
        return tokens
    }

    private static func certificates(
        _ given: AccessOptions, _ source: SettingSource, tls: TLSFiles?
    ) throws(ConfigurationError) -> Certificates? {
        let subject = source.text("mtls-subject-header", given.mtlsSubjectHeader)
        guard let verdict = source.text("mtls-proxy-header", given.mtlsProxyHeader) else {
            guard subject == nil else {
                throw ConfigurationError(
                    "--mtls-subject-header needs --mtls-proxy-header too: give the proxy's verdict")
            }
            return tls?.clientAuthority == nil ? nil : .tls
        }
        guard tls?.clientAuthority == nil else {
            throw ConfigurationError(
                "--tls-client-ca and --mtls-proxy-header contradict each other: certificates are looked at here or by the "
                    + "proxy; leave one of them out")
        }
        return .proxy(
            verdict: try field("mtls-proxy-header", verdict),
            subject: try field("mtls-subject-header", subject ?? "X-SSL-Client-Dn"))
    }

    private static func field(_ flag: String, _ name: String) throws(ConfigurationError) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else {
            throw ConfigurationError("--\(flag) \(name) is no name of a field; write it as X-SSL-Client-Verify")
        }
        return field
    }

    private static func globs(_ patterns: [String]) throws(ConfigurationError) -> [Glob] {
        var globs: [Glob] = []
        for pattern in patterns {
            guard !pattern.isEmpty else {
                throw ConfigurationError("--mtls-bound-subject: a pattern is empty; write one, as CN=ci,O=Acme")
            }
            globs.append(try Glob(pattern))
        }
        return globs
    }
}

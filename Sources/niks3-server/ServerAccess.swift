import CacheServer
import CacheStorage
import Logging
import ServiceLifecycle

/// Everything that finds out who makes a request, and what keeps it up to date.
struct ServerAccess: Sendable {
    /// In the order in which they are asked.
    let authenticators: [any Authenticator]
    /// What tokens of each issuer have to name.
    let audiences: [String: String]
    let services: [any Service]

    /// - Throws: ``ConfigurationError`` where something that the settings name cannot be used.
    init(
        _ settings: AccessSettings, apiToken: String, tls: TLSIdentity?, logger: Logger
    ) throws(ConfigurationError) {
        var authenticators: [any Authenticator] = []
        var services: [any Service] = []
        switch settings.certificates {
        case nil: break
        case .tls:
            authenticators.append(
                TLSCertificateAuthenticator(rules: settings.certificateRules, now: { StoreClock.systemTime() }))
        case .proxy(let verdict, let subject):
            authenticators.append(
                ProxyCertificateAuthenticator(verdict: verdict, subject: subject, rules: settings.certificateRules))
        }
        authenticators.append(try StaticTokenAuthenticator(token: apiToken))
        var tokens: TokenFileAuthenticator?
        if let path = settings.tokensPath {
            let file = try TokenFileAuthenticator(
                file: TokenFile(path: path), now: { StoreClock.systemTime() }, logger: logger)
            authenticators.append(file)
            services.append(ReloadService { file.reload() })
            tokens = file
        }
        authenticators += settings.readTokens
        if let oidc = settings.oidc {
            let provider = OIDCAuthenticator(oidc, now: { StoreClock.systemTime() }, logger: logger)
            authenticators.append(provider)
            services.append(OIDCKeyService(provider))
        }
        services.append(
            HangupSignals { [tokens] in
                tls?.reload()
                tokens?.reload()
            })
        self.authenticators = authenticators
        audiences = settings.oidc?.audiences ?? [:]
        self.services = services
    }
}

public import CacheCore
import CurlKit
public import Logging

/// Lets the bearers of tokens in that an identity provider has signed.
public struct OIDCAuthenticator: Authenticator {
    struct Provider: Sendable {
        let configuration: OIDCProvider
        let keys: ProviderKeys
    }

    /// By issuer.
    let providers: [String: Provider]
    private let reservedPins: [Glob]
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - configuration: the providers.
    ///   - now: the time.
    ///   - logger: told when keys cannot be had.
    public init(_ configuration: OIDCConfiguration, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.init(configuration, times: ProviderKeys.Times(), now: now, logger: logger)
    }

    init(
        _ configuration: OIDCConfiguration, times: ProviderKeys.Times,
        monotonic: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        var clients: [String?: HTTPClient] = [:]
        var providers: [String: Provider] = [:]
        for provider in configuration.providers {
            let client = clients[provider.certificateAuthorityFile] ?? Self.client(of: provider)
            clients[provider.certificateAuthorityFile] = client
            let documents = ProviderDocuments(provider: provider, client: client)
            let keys = ProviderKeys(name: provider.name, times: times, now: monotonic, logger: logger) {
                try await documents.keys()
            }
            providers[provider.issuer] = Provider(configuration: provider, keys: keys)
        }
        self.providers = providers
        self.now = now
        reservedPins = configuration.reservedPins
    }

    /// A provider or a rule that grants `read` makes reads something that takes a token.
    public var gatesReads: Bool {
        providers.values.contains { $0.configuration.rules.contains(where: \.namesRead) }
    }

    /// The bearer of a token that counts.
    ///
    /// - Throws: when the keys of its issuer cannot be had.
    public func authenticate(_ request: AuthenticationRequest) async throws -> AuthenticationOutcome {
        guard let text = request.token, SignedToken.hasForm(text) else { return .absent }
        var claimant: String?
        do {
            let token = try SignedToken(text)
            let issuer = token.claims.issuer ?? ""
            guard let provider = providers[issuer] else {
                claimant = "somebody of \(issuer)"
                throw TokenError("its issuer is none of the providers")
            }
            let name = "oidc:\(provider.configuration.name):\(token.claims.subject ?? "")"
            claimant = name
            return .accepted(try await principal(of: token, from: provider, name: name))
        } catch let error as TokenError {
            return .refused(
                AuthenticationRefusal(claimant: claimant, reason: "the token does not count: \(error.reason)"))
        }
    }

    private func principal(of token: SignedToken, from provider: Provider, name: String) async throws -> Principal {
        let configuration = provider.configuration
        // What costs least comes first; all of it is answered alike.
        try token.claims.checkTime(now())
        guard token.claims.names(audience: configuration.audience) else {
            throw TokenError("it is for another audience")
        }
        let keys = try await provider.keys.keys(for: token)
        guard !keys.isEmpty else { throw TokenError("its issuer has no such key for its algorithm") }
        guard keys.contains(where: { $0.verifies(token) }) else { throw TokenError("its signature is wrong") }
        guard let grant = configuration.grant(to: token.claims) else { throw TokenError("no rule matches its claims") }
        return Principal(name: name, scopes: grant.scopes, pins: .reserved(reservedPins, own: grant.pins))
    }

    private static func client(of provider: OIDCProvider) -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.certificateAuthorityFile = provider.certificateAuthorityFile
        configuration.maximumConnections = 8
        configuration.connectTimeout = .seconds(5)
        return HTTPClient(configuration: configuration)
    }
}

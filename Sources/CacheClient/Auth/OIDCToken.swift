internal import CacheCore
public import CurlKit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A token from the CI service that runs this, made for the audience that the server names.
public final class OIDCToken: TokenSource {
    /// The flag, for messages: `--oidc github`.
    public let description: String
    private let tokens: ExpiringToken

    private static let answerLimit = 1 << 20

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - provider: The service.
    ///   - environment: The variables of the job.
    ///   - server: The server, which is asked for the audience.
    ///   - http: What sends the requests.
    ///   - policy: When a request is sent again.
    public convenience init(
        provider: OIDCProvider, environment: [String: String], server: ServerURL, http: HTTPClient,
        policy: RetryPolicy = RetryPolicy()
    ) {
        self.init(
            provider: provider, environment: environment, server: server, http: http, policy: policy,
            now: WallClock.now)
    }

    init(
        provider: OIDCProvider, environment: [String: String], server: ServerURL, http: HTTPClient, policy: RetryPolicy,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let flag = "--oidc \(provider.rawValue)"
        description = flag
        let api = APIClient(server: server, tokens: NoToken(), http: http, policy: policy)
        let sender = RequestSender(http: http, policy: policy) { _ in }
        tokens = ExpiringToken(now: now) { () throws(ClientError) in
            let text: String
            switch provider {
            case .github:
                let job = try Job(environment)
                text = try await Self.request(audience: Self.audience(of: provider, environment, api), by: job, sender)
            case .gitlab:
                text = try Self.variable(OIDCProvider.gitlabVariable, of: environment)
                try Self.check(text, audience: await Self.audience(of: provider, environment, api))
            }
            let token = try TokenText.check(text, from: flag)
            return ExpiringToken.Answer(token: token, expiresAt: TokenClaims.read(token)?.expiresAt)
        }
    }

    /// A token that has a quarter of its life left at least.
    ///
    /// - Throws: ``ClientError`` with the code `credentials` when the server does not know the issuer, or the job is not
    ///   allowed to have a token; others when one of both cannot be asked.
    public func token() async throws(ClientError) -> String? { try await tokens.token() }

    /// A new token.
    public func token(insteadOf refused: String) async throws(ClientError) -> String? {
        try await tokens.token(insteadOf: refused)
    }

    private static func audience(
        of provider: OIDCProvider, _ environment: [String: String], _ api: APIClient
    ) async throws(ClientError) -> String {
        let issuer = provider.issuer(environment: environment)
        guard let audience = try await api.cacheConfiguration(issuer: issuer).oidcAudience, !audience.isEmpty else {
            throw ClientError(
                .credentials,
                "\(api.server) takes no tokens of \(issuer), which --oidc \(provider.rawValue) stands for: add this issuer to "
                    + "the server's --oidc-config, or use an API token.")
        }
        return audience
    }

    // MARK: - GitHub

    /// What a job of GitHub's knows about tokens.
    private struct Job {
        var url: String
        var secret: String

        init(_ environment: [String: String]) throws(ClientError) {
            guard let url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"], !url.isEmpty,
                let secret = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"], !secret.isEmpty
            else {
                throw ClientError(
                    .credentials,
                    "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set, so --oidc github gets no "
                        + "token: give the job `permissions: id-token: write`.")
            }
            self.url = url
            self.secret = secret
        }
    }

    private static func request(
        audience: String, by job: Job, _ sender: RequestSender
    ) async throws(ClientError) -> String {
        let url = job.url + (job.url.contains("?") ? "&" : "?") + "audience=" + QueryText.encoded(audience)
        let reply = try await sender.send(
            HTTPRequest(
                url: url, headers: ["Authorization": "Bearer \(job.secret)", "Accept": "application/json"]),
            responseLimit: answerLimit)
        let host = APIClient.host(of: url)
        guard reply.isSuccess else {
            throw ClientError(
                .credentials,
                "GitHub at \(host) gives the job no token (\(reply.status)): check that it has `permissions: id-token: write`."
            )
        }
        struct Answer: Decodable { var value: String }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(reply.body)) else {
            throw ClientError(
                .credentials,
                "\(host), which ACTIONS_ID_TOKEN_REQUEST_URL names, did not answer with a token: check the variable.")
        }
        return answer.value
    }

    // MARK: - GitLab

    private static func variable(_ name: String, of environment: [String: String]) throws(ClientError) -> String {
        guard let text = environment[name], !text.isEmpty else {
            throw ClientError(
                .credentials,
                "\(name) is not set, so --oidc gitlab has no token: give the job `id_tokens: { \(name): { aud: … } }`.")
        }
        return text
    }

    /// GitLab makes tokens before the job begins: one for somebody else would only be refused without a reason.
    private static func check(_ token: String, audience: String) throws(ClientError) {
        guard let claims = TokenClaims.read(token) else {
            throw ClientError(
                .credentials,
                "\(OIDCProvider.gitlabVariable) holds no JSON Web Token: let `id_tokens` of the job set it.")
        }
        guard claims.audiences.contains(audience) else {
            throw ClientError(
                .credentials,
                "The token in \(OIDCProvider.gitlabVariable) is for \(claims.audiences.joined(separator: ", ")), and the "
                    + "server wants \(audience): write `aud: \(audience)` under `id_tokens` of the job.")
        }
    }
}

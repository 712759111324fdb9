import CacheCore
import CurlKit
import Synchronization
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

private let oidcAudience = "https://niks3.example.org/?a=b&c"

/// A token with some claims, signed by nobody.
private func unsignedToken(_ claims: String) -> String {
    let payload = Data(claims.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        .replacing("=", with: "")
    return "eyJhbGciOiJSUzI1NiJ9.\(payload).c2ln"
}

private let githubJob = [
    "ACTIONS_ID_TOKEN_REQUEST_URL": "SERVER/token?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-secret",
]

/// Tokens of CI services, from a local server that answers as GitHub's and niks3's are documented to.
@Suite struct OIDCTokenTests {
    /// Gets tokens, and returns them with the requests that it took.
    private func tokens(
        _ provider: OIDCProvider, count: Int = 1, environment: [String: String],
        answer: @escaping @Sendable (FakeServer.Request) -> FakeServer.Response? = { _ in nil },
        between: @escaping @Sendable (TestClock) -> Void = { _ in }
    ) async throws -> (result: Result<[String?], ClientError>, requests: [String]) {
        let requests = Notes<String>()
        let issued = Mutex(0)
        let clock = TestClock()
        let result = try await FakeServer.run(handler: { request, _ in
            let line = "\(request.line)?\(request.query)"
            requests.add(line + (request.headers["authorization"].map { " \($0)" } ?? ""))
            if let response = answer(request) { return response }
            switch request.path {
            case "/api/cache-config":
                return .init(
                    200, text: #"{"substituter_url":"","public_keys":[],"oidc_audience":"\#(oidcAudience)"}"#)
            case "/token":
                let number = issued.withLock { number in
                    number += 1
                    return number
                }
                let token = unsignedToken(#"{"aud":"x","exp":\#(1_800_000_000 + 600 * number),"jti":"\#(number)"}"#)
                return .init(200, text: #"{"count":1,"value":"\#(token)"}"#)
            default: return .init(404)
            }
        }) { server -> Result<[String?], ClientError> in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let http = HTTPClient(configuration: configuration)
            let source = OIDCToken(
                provider: provider, environment: environment.mapValues { $0.replacing("SERVER", with: server.url) },
                server: try ServerURL(server.url), http: http, policy: .never, now: clock.now)
            var tokens: [String?] = []
            let result: Result<[String?], ClientError>
            do throws(ClientError) {
                for _ in 0..<count {
                    tokens.append(try await source.token())
                    between(clock)
                }
                result = .success(tokens)
            } catch {
                result = .failure(error)
            }
            await http.shutdown()
            return result
        }
        return (result, requests.all)
    }

    @Test("GitHub is asked for a token of the audience that the server names, again when most of its life is over")
    func github() async throws {
        let (result, requests) = try await tokens(
            .github, count: 3, environment: githubJob, between: { $0.pass(.seconds(300)) })
        let first = unsignedToken(#"{"aud":"x","exp":1800000600,"jti":"1"}"#)
        let second = unsignedToken(#"{"aud":"x","exp":1800001200,"jti":"2"}"#)
        #expect(try result.get() == [first, first, second])
        let config = "GET /api/cache-config?issuer=https%3A%2F%2Ftoken.actions.githubusercontent.com"
        let token =
            "GET /token?api-version=2.0&audience=https%3A%2F%2Fniks3.example.org%2F%3Fa%3Db%26c Bearer request-secret"
        #expect(requests == [config, token, config, token])
    }

    @Test(
        "the issuer is that of the instance that runs the job",
        arguments: [
            (OIDCProvider.github, [:], "https://token.actions.githubusercontent.com"),
            (.github, ["GITHUB_SERVER_URL": "https://github.com"], "https://token.actions.githubusercontent.com"),
            (.github, ["GITHUB_SERVER_URL": "https://git.example.org"], "https://git.example.org/_services/token"),
            (.gitlab, [:], "https://gitlab.com"), (.gitlab, ["CI_SERVER_URL": ""], "https://gitlab.com"),
            (.gitlab, ["CI_SERVER_URL": "https://git.example.org/"], "https://git.example.org"),
        ] as [(OIDCProvider, [String: String], String)])
    func issuer(provider: OIDCProvider, environment: [String: String], issuer: String) {
        #expect(provider.issuer(environment: environment) == issuer)
    }

    @Test("GitLab's variable is the token, when it is for this server", arguments: [#""AUD""#, #"["other","AUD"]"#])
    func gitlab(claim: String) async throws {
        let token = unsignedToken(#"{"aud":\#(claim.replacing("AUD", with: oidcAudience)),"exp":1800003600}"#)
        let (result, requests) = try await tokens(.gitlab, count: 2, environment: ["NIKS3_ID_TOKEN": token])
        #expect(try result.get() == [token, token])
        #expect(requests == ["GET /api/cache-config?issuer=https%3A%2F%2Fgitlab.com"])
    }

    @Test(
        "what is missing is named, with what to do",
        arguments: [
            (
                OIDCProvider.github, [:], 200, "{}",
                "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set, so --oidc github gets no token: "
                    + "give the job `permissions: id-token: write`."
            ),
            (
                .github, githubJob, 200, "{}",
                "SERVER takes no tokens of https://token.actions.githubusercontent.com, which --oidc github stands for: add this "
                    + "issuer to the server's --oidc-config, or use an API token."
            ),
            (
                .github, githubJob, 403, #"{"oidc_audience":"a"}"#,
                "GitHub at HOST gives the job no token (403): check that it has `permissions: id-token: write`."
            ),
            (
                .github, githubJob, 200, #"{"oidc_audience":"a"}"#,
                "HOST, which ACTIONS_ID_TOKEN_REQUEST_URL names, did not answer with a token: check the variable."
            ),
            (
                .gitlab, [:], 200, #"{"oidc_audience":"a"}"#,
                "NIKS3_ID_TOKEN is not set, so --oidc gitlab has no token: give the job "
                    + "`id_tokens: { NIKS3_ID_TOKEN: { aud: … } }`."
            ),
            (
                .gitlab, ["NIKS3_ID_TOKEN": "glpat-xyz"], 200, #"{"oidc_audience":"a"}"#,
                "NIKS3_ID_TOKEN holds no JSON Web Token: let `id_tokens` of the job set it."
            ),
            (
                .gitlab, ["NIKS3_ID_TOKEN": unsignedToken(#"{"aud":["b","c"]}"#)], 200, #"{"oidc_audience":"a"}"#,
                "The token in NIKS3_ID_TOKEN is for b, c, and the server wants a: write `aud: a` under `id_tokens` of the job."
            ),
        ] as [(OIDCProvider, [String: String], Int, String, String)])
    func failure(
        provider: OIDCProvider, environment: [String: String], tokenStatus: Int, configuration: String, message: String
    ) async throws {
        let hosts = Notes<String>()
        let (result, _) = try await tokens(
            provider, environment: environment,
            answer: { request in
                hosts.add(request.headers["host"] ?? "")
                return request.path == "/token" ? .init(tokenStatus, text: "no") : .init(200, text: configuration)
            })
        let error = #expect(throws: ClientError.self) { try result.get() }
        let host = hosts.all.first ?? ""
        #expect(error?.code == .credentials)
        #expect(
            error?.message == message.replacing("SERVER", with: "http://\(host)").replacing("HOST", with: host))
    }
}

import CacheServer
import HTTPTypes
import HummingbirdTesting
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct LoginTests {
    static let readToken = String(repeating: "r", count: 40)

    private func basic(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }

    /// What `curl` and Nix send for an entry in a netrc file.
    @Test func basicAuthenticationOfReaders() async throws {
        let authenticators = [
            try StaticTokenAuthenticator(token: TestServer.token),
            try StaticTokenAuthenticator(token: Self.readToken, holder: Principal(name: "reader", scopes: .read)),
        ]
        try await TestServer.run(authenticators: authenticators) { server in
            try await server.put("text", at: "nix-cache-info")
            try await server.routes { client in
                for (field, status) in [
                    (basic("user:" + Self.readToken), 200), (basic(":" + Self.readToken), 200),
                    (basic("a:" + TestServer.token), 200),
                    (basic("a:" + Self.readToken).replacing("Basic", with: "basic"), 200),
                    (basic("a:b:" + Self.readToken), 401), (basic(Self.readToken + ":"), 401),
                    (basic(Self.readToken), 401), ("Basic ", 401), ("Basic !!!", 401),
                    ("Basic " + Self.readToken, 401), ("Bearer " + Self.readToken, 200),
                ] {
                    let answer = try await client.send(.get, "/nix-cache-info", headers: [.authorization: field])
                    #expect(answer.status.code == status, "\(field)")
                    if status == 401 {
                        #expect(answer.text == "Unauthorized")
                        #expect(answer.headers[.wwwAuthenticate] == "Bearer, Basic realm=\"niks3\"")
                    }
                }
                // A browser repeats a password by itself, also for a page of somebody else's.
                for path in ["/api/pushes", "/api/objects/present"] {
                    let headers: HTTPFields = [.authorization: basic("a:" + TestServer.token)]
                    #expect(try await client.send(.post, path, headers: headers).status == .unauthorized)
                }
            }
        }
    }

    @Test(
        arguments: [
            HTTPFields([
                HTTPField(name: .authorization, value: "Bearer \(TestServer.token)"),
                HTTPField(name: .authorization, value: "Bearer \(TestServer.token)"),
            ]),
            [.authorization: "Bearer \(TestServer.token), Bearer \(TestServer.token)"],
            [.authorization: "Bearer " + String(repeating: "x", count: 70_000)],
            [.proxyAuthorization: "Bearer \(TestServer.token)"], [.cookie: "token=\(TestServer.token)"],
        ] as [HTTPFields])
    func oddCredentials(headers: HTTPFields) async throws {
        try await TestServer.run { server in
            let answer = try await server.routes { try await $0.send(.post, "/api/pushes", headers: headers) }
            #expect(answer.status == .unauthorized)
            #expect(answer.text == "Unauthorized")
        }
    }

    @Test func refusedLoginsAreLoggedWithoutTheToken() async throws {
        let log = LogRecorder()
        let secret = "a-wrong-token-that-nobody-may-see-in-a-log"
        try await TestServer.run(logger: log.logger) { server in
            try await server.routes { client in
                _ = try await client.send(.post, "/api/pushes?token=\(secret)", token: secret)
                _ = try await client.send(.post, "/api/pins/a")
            }
        }
        let lines = log.text.split(separator: "\n").filter { $0.contains("a login was refused") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains(" method=POST path=/api/pushes peer=") == true, "\(log.text)")
        #expect(lines.first?.contains(" reason=\"the credential is not known\"") == true)
        #expect(!log.text.contains(secret))
    }
}

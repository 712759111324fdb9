import CacheCore
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import CacheServer

/// How the keys of a provider are fetched, kept and fetched again.
@Suite struct ProviderKeysTests {
    /// A clock that stands until a test moves it.
    final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func advance(by duration: Duration) { instant.withLock { $0 += duration } }
    }

    private static let prefix = "the token does not count: "

    @Test func unknownKeysAreLookedForButNotTooOften() async throws {
        let (old, new) = (TestKey.ed25519("old"), TestKey.ed25519("new"))
        let clock = Clock()
        try await OIDCTokenTests.login(monotonic: { clock.now }) { login in
            login.issuer.publish([old])
            let claims = login.claims()
            #expect(try await login.refusal(try old.token(claims)) == nil)
            #expect(login.issuer.paths.count == 2)
            // The provider rotates its key.
            login.issuer.publish([new])
            let token = try new.token(claims)
            #expect(try await login.refusal(token) == Self.prefix + "its issuer has no such key for its algorithm")
            #expect(login.issuer.paths.count == 2)
            clock.advance(by: .seconds(30))
            #expect(try await login.refusal(token) == nil)
            #expect(login.issuer.paths.count == 4)
            #expect(
                try await login.refusal(try old.token(claims)) == Self.prefix
                    + "its issuer has no such key for its algorithm")
            // Strangers who name a thousand keys cost the provider nothing.
            for number in 0..<50 {
                _ = try await login.refusal(try new.token(claims, header: #"{"alg":"EdDSA","kid":"\#(number)"}"#))
            }
            #expect(login.issuer.paths.count == 4)
        }
    }

    @Test func manyAtOnceAskOnce() async throws {
        let key = TestKey.ed25519()
        try await OIDCTokenTests.login { login in
            login.issuer.publish([key])
            let token = try key.token(login.claims())
            try await withThrowingTaskGroup(of: String?.self) { tasks in
                for _ in 0..<50 { tasks.addTask { try await login.refusal(token) } }
                for try await reason in tasks { #expect(reason == nil) }
            }
            #expect(login.issuer.paths == ["/.well-known/openid-configuration", "/keys"])
        }
    }

    @Test func aProviderThatIsDownAtTheStart() async throws {
        let key = TestKey.ed25519()
        let clock = Clock()
        let log = LogRecorder()
        try await OIDCTokenTests.login(monotonic: { clock.now }, log: log) { login in
            let token = try key.token(login.claims())
            let authenticators: [any Authenticator] = [
                try StaticTokenAuthenticator(token: TestServer.token), login.authenticator,
            ]
            try await TestServer.run(authenticators: authenticators) { server in
                try await server.routes { client in
                    func status(_ token: String) async throws -> Int {
                        try await client.send(.get, "/api/pins", token: token).status.code
                    }
                    let answer = try await client.send(.get, "/api/pins", token: token)
                    #expect(answer.status == .serviceUnavailable)
                    #expect(answer.text == "the token cannot be checked at the moment; try again")
                    #expect(answer.headers[.retryAfter] == "5")
                    #expect(try await status(TestServer.token) == 200)
                    #expect(try await status("wrong") == 401)
                    login.issuer.publish([key])
                    #expect(try await status(token) == 503)
                    clock.advance(by: .seconds(30))
                    #expect(try await status(token) == 200)
                    // Down again: the keys that are known still count, for a day.
                    login.issuer.set("/keys", nil)
                    clock.advance(by: .seconds(86_000))
                    #expect(try await status(token) == 200)
                    clock.advance(by: .seconds(400))
                    #expect(try await status(token) == 503)
                }
            }
        }
        #expect(log.text.contains("WARNING the keys of a provider cannot be had logins=refused provider=ci reason="))
    }

    @Test func withdrawnKeysAreForgotten() async throws {
        let (old, new) = (TestKey.ed25519("old"), TestKey.ed25519("new"))
        try await OIDCTokenTests.login { login in
            login.issuer.publish([old, new])
            #expect(try await login.refusal(try old.token(login.claims())) == nil)
            login.issuer.publish([new])
            let keys = try #require(login.authenticator.providers[login.issuer.issuer]?.keys)
            #expect(await keys.untilRefresh > .seconds(3590))
            #expect(try await keys.refresh() == .seconds(3600))
            let reason = try await login.refusal(try old.token(login.claims()))
            #expect(reason == Self.prefix + "its issuer has no such key for its algorithm")
        }
    }

    @Test(arguments: [
        (#"{"issuer":"http://evil.example","jwks_uri":"ISSUER/keys"}"#, "is the document of another issuer"),
        (#"{"issuer":"ISSUER"}"#, "names no jwks_uri that can be used"),
        (#"{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}"#, "names no jwks_uri that can be used"),
        (#"{"issuer":"ISSUER","jwks_uri":"http://u:p@evil.example/keys"}"#, "names no jwks_uri that can be used"),
        (#"{"issuer":"ISSUER","issuer":"ISSUER","jwks_uri":"ISSUER/keys"}"#, "has the member 'issuer' twice"),
        ("<html>", "no valid JSON"), (String(repeating: " ", count: 300_000), "larger than 262144 bytes"),
    ])
    func discoveryThatIsRefused(text: String, reason: String) async throws {
        let key = TestKey.ed25519()
        let log = LogRecorder()
        try await OIDCTokenTests.login(log: log) { login in
            login.issuer.publish([key])
            let text = text.replacing("ISSUER", with: login.issuer.issuer)
            login.issuer.set("/.well-known/openid-configuration", TestIssuer.Document(text: text))
            let error = await #expect(throws: APIError.self) { try await login.refusal(try key.token(login.claims())) }
            #expect(error?.status == .serviceUnavailable)
        }
        #expect(log.text.contains(reason), "\(log.text)")
    }

    /// One key that cannot be used does not take the others with it.
    @Test(arguments: [
        #"{"kty":"oct","k":"c2VjcmV0","alg":"HS256","kid":"x"}"#, #"{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"x"}"#,
        #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#, #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
        #"{"kty":"EC","crv":"P-256"}"#, #"{"kty":"OKP","crv":"X25519","x":"AA"}"#, #"{"kty":1}"#, "[]", "1", "{}",
    ])
    func keysThatCannotBeUsed(entry: String) async throws {
        let key = TestKey.p256("good")
        try await OIDCTokenTests.login { login async throws in
            login.issuer.publish(keySet: #"{"keys":[\#(entry),\#(key.publicJSON)],"more":1}"#)
            #expect(try await login.refusal(try key.token(login.claims())) == nil)
        }
    }

    @Test(arguments: [#","use":"enc""#, #","key_ops":["sign"]"#, #","alg":"ES384""#, #","use":1"#])
    func keysForSomethingElse(extra: String) async throws {
        var key = TestKey.p256()
        key.extra = extra
        try await OIDCTokenTests.login { [key] login in
            login.issuer.publish([key])
            let reason = try await login.refusal(try key.token(login.claims()))
            #expect(reason == Self.prefix + "its issuer has no such key for its algorithm")
        }
    }

    /// Kubernetes tells its keys only those whom it knows.
    @Test func theServersOwnToken() async throws {
        let key = TestKey.p384()
        try await TestIssuer.run { issuer in
            issuer.set("/jwks", TestIssuer.Document(text: #"{"keys":[\#(key.publicJSON)]}"#))
            try await withTemporaryDirectory { directory in
                let file = SecretFile(path: directory + "/token")
                let own = try key.token(#"{"iss":"\#(issuer.issuer)"}"#)
                _ = try file.contents { own }
                let text = """
                    {"allow_insecure":true,"providers":{"k":{"audience":"cache","bearer_token_file":"\(file.path)",
                    "jwks_url":"\(issuer.issuer)/jwks"}}}
                    """
                let authenticator = OIDCAuthenticator(
                    try OIDCConfiguration(parsing: Array(text.utf8), from: "test"), now: { OIDCTokenTests.now },
                    logger: TestServer.silent)
                let login = OIDCTokenTests.Login(issuer: issuer, authenticator: authenticator)
                #expect(try await login.refusal(try key.token(login.claims())) == nil)
                #expect(issuer.paths == ["/jwks"])
                #expect(issuer.authorizations == ["Bearer " + own])
            }
        }
    }
}

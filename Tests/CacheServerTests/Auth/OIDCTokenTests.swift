import CacheCore
import HTTPTypes
import Testing

@testable import CacheServer

/// Tokens that count, and everything that is tried with tokens that do not.
@Suite struct OIDCTokenTests {
    static let now = Timestamp(seconds: 1_700_000_000)
    static let unavailable = HTTPResponse.Status.serviceUnavailable

    /// An authenticator for one issuer, and its answer to a token.
    struct Login: Sendable {
        let issuer: TestIssuer
        let authenticator: OIDCAuthenticator

        func outcome(_ token: String) async throws -> AuthenticationOutcome {
            let head = HTTPRequest(
                method: .get, scheme: nil, authority: nil, path: "/",
                headerFields: [.authorization: "Bearer \(token)"])
            return try await authenticator.authenticate(AuthenticationRequest(head))
        }

        /// Why a token does not count; nil for one that does.
        func refusal(_ token: String) async throws -> String? {
            switch try await outcome(token) {
            case .accepted: nil
            case .absent: "absent"
            case .refused(let refusal): refusal.reason
            }
        }

        /// Claims of this issuer that count, with others in their place or beside them.
        func claims(_ changes: [String: String] = [:]) -> String {
            var members = [
                "iss": #""\#(issuer.issuer)""#, "aud": #""cache""#, "sub": #""repo:a/b:ref:main""#,
                "exp": "1700000100", "nbf": "1699999900",
            ]
            members.merge(changes) { $1 }
            return "{"
                + members.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
                .map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",") + "}"
        }
    }

    static func login(
        _ provider: String = "", times: ProviderKeys.Times = ProviderKeys.Times(),
        monotonic: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, log: LogRecorder = LogRecorder(),
        _ body: @Sendable (Login) async throws -> Void
    ) async throws {
        try await TestIssuer.run { issuer in
            let text = """
                {"allow_insecure":true,"providers":{"ci":{"issuer":"\(issuer.issuer)","audience":"cache"\(provider)}}}
                """
            let configuration = try OIDCConfiguration(parsing: Array(text.utf8), from: "test")
            let authenticator = OIDCAuthenticator(
                configuration, times: times, monotonic: monotonic, now: { now }, logger: log.logger)
            try await body(Login(issuer: issuer, authenticator: authenticator))
        }
    }

    private static func prefixed(_ reason: String?) -> String? { reason.map { "the token does not count: " + $0 } }

    @Test func everyAlgorithm() async throws {
        let rsa = try #require(TestKey.rsa)
        let keys = [rsa, TestKey.p256(), .p384(), .p521(), .ed25519()]
        try await Self.login { login in
            login.issuer.publish(keys)
            for (key, algorithms) in zip(
                keys,
                [["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"], ["ES256"], ["ES384"], ["ES512"], ["EdDSA"]])
            {
                for algorithm in algorithms {
                    let token = try key.token(login.claims(), algorithm: algorithm)
                    #expect(
                        try await login.outcome(token)
                            == .accepted(
                                Principal(
                                    name: "oidc:ci:repo:a/b:ref:main", scopes: .write, pins: .reserved([], own: []))),
                        "\(algorithm)")
                }
            }
            #expect(login.issuer.paths == ["/.well-known/openid-configuration", "/keys"])
        }
    }

    @Test func algorithmConfusion() async throws {
        var rsa = try #require(TestKey.rsa)
        rsa.algorithm = "RS256"
        let curve = TestKey.p256("curve")
        try await Self.login { [rsa] login in
            login.issuer.publish([rsa, curve])
            let claims = login.claims()
            func expect(_ reason: String, _ token: String, _ what: Comment) async throws {
                #expect(try await login.refusal(token) == Self.prefixed(reason), what)
            }
            let unknown = "its algorithm is none that counts"
            for name in [
                "none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "rs256", "RS1", "", "ES256K", "A128KW",
            ] {
                try await expect(unknown, try rsa.token(claims, header: #"{"alg":"\#(name)","kid":"rsa"}"#), "\(name)")
            }
            let parts = try rsa.token(claims).split(separator: ".")
            let none = TestKey.text(Array(#"{"alg":"none"}"#.utf8))
            try await expect(unknown, "\(none).\(parts[1]).", "none without a signature")
            try await expect("its signature cannot be read", "\(parts[0]).\(parts[1]).", "without a signature")
            // The published key is for one algorithm, whatever the token says.
            let missing = "its issuer has no such key for its algorithm"
            try await expect(missing, try rsa.token(claims, algorithm: "PS256"), "another padding")
            try await expect(missing, try rsa.token(claims, algorithm: "RS512"), "another hash")
            try await expect(
                missing, try curve.token(claims, header: #"{"alg":"ES256","kid":"rsa"}"#), "a key of another kind")
            try await expect(
                missing, try rsa.token(claims, header: #"{"alg":"RS256","kid":"curve"}"#), "a curve for RSA")
            try await expect(unknown, try rsa.token(claims, header: #"{"alg":["RS256"],"kid":"rsa"}"#), "a list")
            try await expect(unknown, try rsa.token(claims, header: #"{"kid":"rsa"}"#), "no algorithm")
        }
    }

    @Test func keysInTheHeaderDoNotCount() async throws {
        let (good, evil) = (TestKey.p256("a"), TestKey.p256("a"))
        try await Self.login { login in
            login.issuer.publish([good])
            for header in [
                #"{"alg":"ES256","kid":"a"}"#, #"{"alg":"ES256"}"#, #"{"alg":"ES256","jwk":\#(evil.publicJSON)}"#,
                #"{"alg":"ES256","kid":"a","jku":"http://evil.example/keys"}"#,
                #"{"alg":"ES256","kid":"a","x5u":"http://evil.example/keys"}"#,
            ] {
                let reason = try await login.refusal(try evil.token(login.claims(), header: header))
                #expect(reason == Self.prefixed("its signature is wrong"), "\(header)")
                #expect(try await login.refusal(try good.token(login.claims(), header: header)) == nil, "\(header)")
            }
            let critical = try good.token(
                login.claims(), header: #"{"alg":"ES256","kid":"a","crit":["b64"],"b64":false}"#)
            #expect(try await login.refusal(critical) == Self.prefixed("its header has critical extensions"))
        }
    }

    @Test(
        arguments: [
            ([:], nil), (["aud": #"["x","cache"]"#], nil), (["nbf": ""], nil), (["exp": "1699999941"], nil),
            (["exp": "1.70000005e9"], nil), (["nbf": "1700000060"], nil),
            (["exp": "1699999940"], "it has expired"), (["exp": "0"], "it has expired"),
            (["exp": "-1e300"], "it has expired"),
            (["exp": ""], "it has no end"), (["exp": #""1700000100""#], "its claim exp is no number of seconds"),
            (["exp": "null"], "its claim exp is no number of seconds"),
            (["exp": "1e999"], "its claim exp is no number of seconds"),
            (["nbf": "1700000061"], "it is not valid yet"),
            (["nbf": #""now""#], "its claim nbf is no number of seconds"),
            (["aud": ""], "it is for another audience"), (["aud": #""other""#], "it is for another audience"),
            (["aud": #""CACHE""#], "it is for another audience"), (["aud": #""cache ""#], "it is for another audience"),
            (["aud": "[]"], "it is for another audience"), (["aud": #"{"cache":1}"#], "it is for another audience"),
            (["aud": #"[["cache"]]"#], "it is for another audience"),
            (["iss": ""], "its issuer is none of the providers"),
            (["iss": #""http://evil.example""#], "its issuer is none of the providers"),
            (["iss": "1"], "its issuer is none of the providers"),
        ] as [([String: String], String?)])
    func claims(changes: [String: String], reason: String?) async throws {
        let key = TestKey.ed25519()
        try await Self.login { login async throws in
            login.issuer.publish([key])
            #expect(try await login.refusal(try key.token(login.claims(changes))) == Self.prefixed(reason))
        }
    }

    @Test func issuersThatLookAlike() async throws {
        let key = TestKey.ed25519()
        try await Self.login { login in
            login.issuer.publish([key])
            for issuer in [login.issuer.issuer + "/", login.issuer.issuer.uppercased(), " " + login.issuer.issuer] {
                let token = try key.token(login.claims(["iss": #""\#(issuer)""#]))
                #expect(try await login.refusal(token) == Self.prefixed("its issuer is none of the providers"))
            }
        }
    }

    @Test func membersThatAreThereTwice() async throws {
        let key = TestKey.ed25519()
        try await Self.login { login in
            login.issuer.publish([key])
            let claims = login.claims()
            for extra in [#""aud":"other""#, #""sub":"admin""#, #""x":{"a":1,"a":2}"#, #""\u0061ud":"cache""#] {
                let token = try key.token(claims.dropLast() + "," + extra + "}")
                let reason = "its payload is no JSON object, or has a member twice"
                #expect(try await login.refusal(token) == Self.prefixed(reason), "\(extra)")
            }
            let header = try key.token(claims, header: #"{"alg":"EdDSA","alg":"none","kid":"ed"}"#)
            #expect(
                try await login.refusal(header)
                    == Self.prefixed("its header is no JSON object, or has a member twice"))
        }
    }

    @Test func brokenTokens() async throws {
        let key = TestKey.ed25519()
        try await Self.login { login in
            login.issuer.publish([key])
            let good = try key.token(login.claims())
            let parts = good.split(separator: ".").map(String.init)
            func joined(_ header: String, _ payload: String, _ signature: String) -> String {
                [header, payload, signature].joined(separator: ".")
            }
            let broken: [(String, String)] = [
                ("..", "its header is no JSON object, or has a member twice"),
                ("a.b.c", "its header is not base 64 for URLs"),
                (joined(parts[0] + "=", parts[1], parts[2]), "its header is not base 64 for URLs"),
                (joined(parts[0], parts[1] + "+", parts[2]), "its payload is not base 64 for URLs"),
                (joined(parts[0], parts[1], parts[2] + "/"), "its signature cannot be read"),
                (joined(parts[0], parts[1], String(parts[2].dropLast(2))), "its signature is wrong"),
                (joined(parts[0], parts[1], String(parts[2].reversed())), "its signature cannot be read"),
                (
                    joined(TestKey.text(Array("[]".utf8)), parts[1], parts[2]),
                    "its header is no JSON object, or has a member twice"
                ),
                (joined(parts[0], TestKey.text(Array("{}".utf8)), parts[2]), "its issuer is none of the providers"),
                (
                    joined(parts[0], TestKey.text([0x7B, 0xFF, 0x7D]), parts[2]),
                    "its payload is no JSON object, or has a member twice"
                ),
            ]
            for (token, reason) in broken {
                let found = try await login.refusal(token)
                // Of a signature read backwards the last bits may or may not be zero.
                #expect(
                    found == Self.prefixed(reason)
                        || reason == "its signature cannot be read" && found == Self.prefixed("its signature is wrong"),
                    "\(token): \(found ?? "accepted")")
            }
            for token in ["", "x", "a.b", good + ".x", good + "."] {
                #expect(try await login.refusal(token) == "absent", "\(token)")
            }
            let huge = try key.token(login.claims(["x": "\"" + String(repeating: "x", count: 40_000) + "\""]))
            #expect(try await login.refusal(huge) == "absent")
            let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
            #expect(
                try await login.refusal(try key.token(login.claims(["x": deep])))
                    == Self.prefixed("its payload is no JSON object, or has a member twice"))
            #expect(try await login.refusal(good) == nil)
        }
    }

    /// Keys of one provider do not count for the tokens of another.
    @Test func keysOfAnotherProvider() async throws {
        let (ours, theirs) = (TestKey.ed25519("same"), TestKey.ed25519("same"))
        try await TestIssuer.run { first in
            try await TestIssuer.run { second in
                first.publish([ours])
                second.publish([theirs])
                let text = """
                    {"allow_insecure":true,"providers":{"a":{"issuer":"\(first.issuer)","audience":"cache"},
                    "b":{"issuer":"\(second.issuer)","audience":"cache","scopes":["admin"]}}}
                    """
                let authenticator = OIDCAuthenticator(
                    try OIDCConfiguration(parsing: Array(text.utf8), from: "test"), now: { Self.now },
                    logger: TestServer.silent)
                let (a, b) = (
                    Login(issuer: first, authenticator: authenticator),
                    Login(issuer: second, authenticator: authenticator)
                )
                #expect(try await a.refusal(try ours.token(a.claims())) == nil)
                #expect(try await b.refusal(try theirs.token(b.claims())) == nil)
                let wrong = Self.prefixed("its signature is wrong")
                #expect(try await b.refusal(try ours.token(b.claims())) == wrong)
                #expect(try await a.refusal(try theirs.token(a.claims())) == wrong)
            }
        }
    }
}

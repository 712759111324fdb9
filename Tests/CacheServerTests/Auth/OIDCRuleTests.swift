import CacheCore
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CacheServer

@Suite struct OIDCRuleTests {
    static let claims = """
        {"iss":"x","sub":"repo:acme/app:ref:refs/heads/main","repository_owner":"acme","run":17,"big":1e3,"protected":true,
        "groups":["dev","ops"],"empty":"","none":[],"blank":[""],"null":null,"object":{"a":{"b":"deep"}},"a.b":"literal",
        "a":{"b":"nested"},"kubernetes.io":{"namespace":"ci","serviceaccount":{"name":"builder"}}}
        """

    @Test(
        arguments: [
            ("sub", ["repo:acme/*"], true), ("sub", ["repo:evil/*"], false), ("repository_owner", ["x", "acme"], true),
            ("repository_owner", ["acm"], false), ("run", ["17"], true), ("run", ["17.0"], false),
            ("big", ["1e3"], true),
            ("protected", ["true"], true), ("protected", ["false"], false), ("groups", ["ops"], true),
            ("groups", ["admin"], false), ("groups", ["dev*"], true), ("groups", ["[*"], false),
            ("empty", [""], false), ("empty", ["*"], false), ("none", ["*"], false), ("blank", ["*"], false),
            ("blank", [""], false), ("missing", ["*"], false), ("missing", [""], false), ("null", ["*"], false),
            ("object", ["*"], false), ("object.a", ["*"], false), ("object.a.b", ["deep"], true),
            ("object.a.b.c", ["*"], false), ("a.b", ["literal"], true), ("a.b", ["nested"], false),
            ("kubernetes.io.namespace", ["ci"], true), ("kubernetes.io.serviceaccount.name", ["builder"], true),
            ("kubernetes.io", ["*"], false), ("", ["*"], false), (".", ["*"], false), ("sub.", ["*"], false),
        ] as [(String, [String], Bool)])
    func boundClaims(name: String, patterns: [String], matches: Bool) throws {
        let claims = TokenClaims(try #require(try JSONValue(parsing: Array(Self.claims.utf8)).object))
        let rule = OIDCRule(
            claims: [name: try patterns.map { try Glob($0) }], subjects: nil, scopes: .write, namesRead: false, pins: []
        )
        #expect(rule.matches(claims) == matches)
    }

    private static let rules = """
        ,"rules":[
        {"bound_subject":["repo:acme/*"],"scopes":["write"]},
        {"bound_subject":["repo:acme/app:*"],"bound_claims":{"env":["prod"]},"scopes":["admin"],"pins":["app-*","app"]},
        {"bound_subject":["worker:*"],"scopes":["write"],"pins":["worker-*"]},
        {"bound_subject":["reader:*"],"scopes":["read"]}]
        """

    @Test(arguments: [
        (
            "repo:acme/lib:x", "prod", Scopes.write as Scopes?,
            ["free": true, "app": false, "app-1": false, "worker-1": false]
        ),
        ("repo:acme/app:x", "test", .write, ["free": true, "app": false, "app-1": false, "worker-1": false]),
        ("repo:acme/app:x", "prod", .all, ["free": true, "app": true, "app-1": true, "worker-1": false]),
        ("worker:7", "", .write, ["free": true, "app": false, "worker-": true, "worker-1": true, "xworker-1": true]),
        ("reader:1", "", .read, [:]), ("repo:evil/app:x", "prod", nil, [:]), ("", "prod", nil, [:]),
    ])
    func unionOfRules(subject: String, environment: String, scopes: Scopes?, pins: [String: Bool]) async throws {
        let key = TestKey.ed25519()
        try await OIDCTokenTests.login(Self.rules) { login in
            login.issuer.publish([key])
            let claims = login.claims(["sub": #""\#(subject)""#, "env": #""\#(environment)""#])
            switch try await login.outcome(try key.token(claims)) {
            case .accepted(let principal):
                #expect(principal.scopes == scopes)
                #expect(principal.name == "oidc:ci:" + subject)
                for (name, isAllowed) in pins { #expect(principal.pins.allows(name) == isAllowed, "\(name)") }
            case .refused(let refusal):
                #expect(scopes == nil)
                #expect(
                    refusal
                        == AuthenticationRefusal(
                            claimant: "oidc:ci:" + subject,
                            reason: "the token does not count: no rule matches its claims"))
            case .absent: Issue.record("the token was not looked at")
            }
            #expect(login.authenticator.gatesReads)
        }
    }

    /// What a rule reserves is closed to the other tokens, not to the holder of the API token.
    @Test func reservedPins() async throws {
        let key = TestKey.ed25519()
        try await OIDCTokenTests.login(Self.rules) { login in
            login.issuer.publish([key])
            let authenticators: [any Authenticator] = [
                try StaticTokenAuthenticator(token: TestServer.token), login.authenticator,
            ]
            let path = SamplePath("pinned")
            try await TestServer.run(authenticators: authenticators) { server in
                try await server.routes { client in
                    func set(_ name: String, _ token: String) async throws -> String {
                        let body = #"{"store_path":"/nix/store/\#(path.baseName)"}"#
                        let answer = try await client.send(.post, "/api/pins/\(name)", body: body, token: token)
                        return "\(answer.status.code) \(answer.text.prefix(60))"
                    }
                    let worker = try key.token(login.claims(["sub": #""worker:1""#]))
                    let other = try key.token(login.claims(["sub": #""repo:acme/x:y""#]))
                    #expect(try await set("worker-1", other).hasPrefix("403 Forbidden: the pin worker-1 is reserved"))
                    for (name, token) in [
                        ("worker-1", worker), ("free", worker), ("free", other), ("worker-1", TestServer.token),
                    ] {
                        // Past the check: the closure was never pushed.
                        #expect(try await set(name, token).hasPrefix("404 The cache has no closure of"), "\(name)")
                    }
                    let encoded = try await client.send(
                        .post, "/api/pins/%77orker-1", body: #"{"store_path":"/nix/store/\#(path.baseName)"}"#,
                        token: other)
                    #expect(encoded.status == .forbidden)
                }
            }
        }
    }
}

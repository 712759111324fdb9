import CacheCore
import Testing

@testable import CacheServer

@Suite struct OIDCConfigurationTests {
    private static func parse(_ text: String) throws -> OIDCConfiguration {
        try OIDCConfiguration(parsing: Array(text.utf8), from: "--oidc-config f")
    }

    private static func provider(_ members: String) -> String {
        #"{"providers":{"p":{"issuer":"https://i.example","audience":"a"\#(members)}}}"#
    }

    @Test func everything() throws {
        let configuration = try Self.parse(
            """
            {"allow_insecure": false, "providers": {
              "github": {"issuer": "https://token.actions.githubusercontent.com", "audience": "https://cache.example",
                "bound_claims": {"repository_owner": ["acme"], "ref": ["refs/heads/main", "refs/tags/*"]},
                "bound_subject": ["repo:acme/*"], "scopes": ["write", "admin"]},
              "cluster": {"issuer": "https://k8s.example/", "audience": "cache", "jwks_url": "https://k8s.example/keys",
                "ca_file": "/ca", "rules": [
                  {"bound_subject": ["system:serviceaccount:ci:*"], "scopes": ["write"], "pins": ["worker-*"]},
                  {"bound_claims": {"kubernetes.io.namespace": ["readers"]}, "scopes": ["read"]}]}}}
            """)
        #expect(configuration.providers.map(\.name) == ["cluster", "github"])
        #expect(
            configuration.providers[1]
                == OIDCProvider(
                    name: "github", issuer: "https://token.actions.githubusercontent.com",
                    audience: "https://cache.example",
                    rules: [
                        OIDCRule(
                            claims: [
                                "repository_owner": [try Glob("acme")],
                                "ref": [try Glob("refs/heads/main"), try Glob("refs/tags/*")],
                            ], subjects: [try Glob("repo:acme/*")], scopes: .all, namesRead: false, pins: [])
                    ], keysURL: nil, certificateAuthorityFile: nil, bearerTokenFile: nil, allowsInsecure: false))
        #expect(
            configuration.providers[0].rules == [
                OIDCRule(
                    claims: [:], subjects: [try Glob("system:serviceaccount:ci:*")], scopes: .write, namesRead: false,
                    pins: [try Glob("worker-*")]),
                OIDCRule(
                    claims: ["kubernetes.io.namespace": [try Glob("readers")]], subjects: nil, scopes: .read,
                    namesRead: true, pins: []),
            ])
        #expect(configuration.audiences["https://k8s.example/"] == "cache")
        #expect(configuration.reservedPins == [try Glob("worker-*")])
    }

    /// Without scopes a provider grants `write`; without conditions any token of it counts.
    @Test func defaults() throws {
        let provider = try #require(try Self.parse(Self.provider("")).providers.first)
        #expect(
            provider.rules == [OIDCRule(claims: [:], subjects: nil, scopes: .write, namesRead: false, pins: [])])
    }

    @Test(arguments: [
        ("", "--oidc-config f: It is no valid JSON."),
        ("[]", "--oidc-config f is no JSON object"),
        ("{}", "--oidc-config f: there is no provider; list one in providers, or leave the file out"),
        (#"{"providers":{}}"#, "--oidc-config f: there is no provider; list one in providers, or leave the file out"),
        (#"{"providers":[]}"#, "--oidc-config f: providers is no JSON object"),
        (#"{"provider":{}}"#, "--oidc-config f: 'provider' is not known; there are allow_insecure, providers"),
        (
            #"{"providers":{"p":{}},"providers":{}}"#,
            "--oidc-config f: It has the member 'providers' twice; leave one out."
        ),
        (
            #"{"allow_insecure":"yes","providers":{"p":{}}}"#,
            "--oidc-config f: allow_insecure is neither true nor false"
        ),
        (#"{"providers":{"p":1}}"#, "--oidc-config f: provider p is no JSON object"),
        (
            #"{"providers":{"p":{"issuer":"https://i"}}}"#,
            "--oidc-config f: provider p: audience is missing; say what its tokens name as aud"
        ),
        (
            #"{"providers":{"p":{"issuer":"https://i","audience":""}}}"#,
            "--oidc-config f: provider p: audience is not a text; write it in quotes, or leave it out"
        ),
        (
            #"{"providers":{"p":{"audience":"a"}}}"#,
            "--oidc-config f: provider p: issuer is missing; give the URL that its tokens name as iss"
        ),
        (
            #"{"providers":{"p":{"issuer":"http://i","audience":"a"}}}"#,
            "--oidc-config f: provider p: issuer http://i cannot be used; write it as https://host/path, or set allow_insecure for tests"
        ),
        (
            #"{"allow_insecure":true,"providers":{"p":{"issuer":"ftp://i","audience":"a"}}}"#,
            "--oidc-config f: provider p: issuer ftp://i cannot be used; write it as https://host/path"
        ),
        (
            #"{"providers":{"p":{"issuer":"https://u@i","audience":"a"}}}"#,
            "--oidc-config f: provider p: issuer https://u@i cannot be used; write it as https://host/path"
        ),
        (
            #"{"providers":{"p":{"issuer":"https://i","audience":"a"},"q":{"issuer":"https://i","audience":"b"}}}"#,
            "--oidc-config f: the providers p and q have the same issuer; join them into one with rules"
        ),
        (
            provider(#","jwks_url":"http://x/keys""#),
            "--oidc-config f: provider p: jwks_url http://x/keys cannot be used; write it as https://host/path, or set allow_insecure for tests"
        ),
        (
            provider(#","bound_subjects":["a"]"#),
            "--oidc-config f: provider p: 'bound_subjects' is not known; there are audience, bearer_token_file, bound_claims, bound_subject, ca_file, issuer, jwks_url, rules, scopes"
        ),
        (
            provider(#","bound_subject":"a""#),
            "--oidc-config f: provider p: bound_subject is no list of texts; write it as [\"…\"]"
        ),
        (
            provider(#","bound_subject":[]"#),
            "--oidc-config f: provider p: bound_subject lists no pattern; list one, or leave it out"
        ),
        (
            provider(#","bound_claims":{"x":["a",1]}"#),
            "--oidc-config f: provider p: bound_claims.x is no list of texts; write it as [\"…\"]"
        ),
        (
            provider(#","bound_claims":{"x":[]}"#),
            "--oidc-config f: provider p: bound_claims.x lists no pattern; list one, or leave it out"
        ),
        (
            provider(#","scopes":["push"]"#),
            "--oidc-config f: provider p, scopes: there is no scope 'push'; give read, write or admin"
        ),
        (
            provider(#","scopes":[]"#),
            "--oidc-config f: provider p, scopes: there is no scope; give read, write or admin"
        ),
        (provider(#","rules":[]"#), "--oidc-config f: provider p: rules is empty, so nobody could log in; add a rule"),
        (
            provider(#","pins":["x"]"#),
            "--oidc-config f: provider p: 'pins' is not known; there are audience, bearer_token_file, bound_claims, bound_subject, ca_file, issuer, jwks_url, rules, scopes"
        ),
        (
            provider(#","rules":[{"bound_subject":["a"],"scopes":["write"]}],"bound_claims":{"x":["y"]}"#),
            "--oidc-config f: provider p: rules stand in place of bound_claims; move it into a rule"
        ),
        (
            provider(#","rules":[{"bound_subject":["a"],"scopes":["write"]}],"bound_subject":["y"]"#),
            "--oidc-config f: provider p: rules stand in place of bound_subject; move it into a rule"
        ),
        (
            provider(#","rules":[{"bound_subject":["a"],"scopes":["write"]}],"scopes":["read"]"#),
            "--oidc-config f: provider p: rules stand in place of scopes; move it into a rule"
        ),
        (
            provider(#","rules":[{"bound_subject":["a"],"scopes":["write"]},{"scopes":["write"]}]"#),
            "--oidc-config f: provider p, rule 2: it would match every token of the provider; give bound_claims or bound_subject"
        ),
        (
            provider(#","rules":[{"bound_claims":{},"scopes":["write"]}]"#),
            "--oidc-config f: provider p, rule 1: it would match every token of the provider; give bound_claims or bound_subject"
        ),
        (
            provider(#","rules":[{"bound_subject":["a"]}]"#),
            "--oidc-config f: provider p, rule 1: scopes is missing; say what its tokens allow, as [\"write\"]"
        ),
        (
            provider(#","rules":[{"bound_subject":["a"],"scopes":["root"]}]"#),
            "--oidc-config f: provider p, rule 1, scopes: there is no scope 'root'; give read, write or admin"
        ),
    ])
    func refusals(text: String, sentence: String) {
        #expect(throws: ConfigurationError(sentence)) { try Self.parse(text) }
    }

    @Test func files() throws {
        #expect(throws: ConfigurationError("--oidc-config /nowhere: there is no such file")) {
            try OIDCConfiguration(path: "/nowhere")
        }
        try withTemporaryDirectory { directory in
            let token = SecretFile(path: directory + "/token")
            let payload = TestKey.text(Array(#"{"iss":"https://k8s.example"}"#.utf8))
            _ = try token.contents { "\(TestKey.text(Array(#"{"alg":"RS256"}"#.utf8))).\(payload).AAAA" }
            let text = #"{"providers":{"k":{"audience":"a","bearer_token_file":"\#(token.path)"}}}"#
            #expect(try Self.parse(text).providers.first?.issuer == "https://k8s.example")
            _ = try SecretFile(path: directory + "/no-token").contents { "secret" }
            let error = #expect(throws: ConfigurationError.self) {
                try Self.parse(text.replacing("/token", with: "/no-token"))
            }
            #expect(error?.message.contains("holds no token that names one") == true)
            #expect(error?.message.contains("secret") == false)
        }
    }
}

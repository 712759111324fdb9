import Foundation
import Testing

extension EndToEnd {
    /// Who may do what, with real clients.
    @Suite(.serialized)
    struct Access {
        private static let audience = "https://cache.example.org"
        private static let readToken = String(repeating: "r", count: 40)

        /// `niks3` with flags alone: no token lies anywhere.
        private func niks3(_ words: [String], of nix: NixSandbox, to server: RunningServer) -> Command {
            nix.command([Programs.niks3] + words + ["--server-url", server.url])
        }

        @Test("a client certificate in place of a token, and Nix with a token to read")
        func certificates() async throws {
            let nix = try NixSandbox()
            let authority = try await TestAuthority("acme", in: nix)
            let strangers = try await TestAuthority("strangers", in: nix)
            let own = try await authority.issue(
                "server", subject: "/CN=cache", extensions: "subjectAltName=IP:127.0.0.1")
            let usage = "extendedKeyUsage=clientAuth"
            let writer = try await authority.issue("ci", subject: "/O=Acme/OU=build/CN=ci", extensions: usage)
            let reader = try await authority.issue("laptop", subject: "/O=Acme/OU=readers/CN=l", extensions: usage)
            let stranger = try await strangers.issue("ci", subject: "/O=Acme/OU=build/CN=ci", extensions: usage)
            let path = try await nix.build(#"let a = mk "a" "echo a > $out"; in mk "b" "ln -s ${a} $out""#)
            let arguments = [
                "--tls-cert", own.certificate, "--tls-key", own.key, "--tls-client-ca", authority.certificate,
                "--mtls-bound-subject", "CN=ci,OU=build,O=Acme", "--mtls-bound-subject-read", "CN=*,OU=readers,*",
                "--read-token-path", try nix.root.file("read-token", Self.readToken + "\n"),
            ]
            try await RunningServer.run(
                for: nix, on: .directory(nix.root.path + "/server"), arguments: arguments,
                authority: authority.certificate
            ) { server in
                func call(_ words: [String], _ files: TestAuthority.Files?) async throws -> CommandOutput {
                    let shown = files.map { ["--client-cert", $0.certificate, "--client-key", $0.key] } ?? []
                    return try await niks3(
                        words + ["--ca-cert", authority.certificate] + shown, of: nix, to: server
                    ).run()
                }
                for (files, message) in [
                    (reader, "Forbidden: token lacks scope write"), (nil, "There is no API token"),
                    (stranger, server.url),
                ] as [(TestAuthority.Files?, String)] {
                    let refused = try await call(["push", path], files)
                    #expect(refused.status == 1, "\(refused.transcript)")
                    #expect(refused.standardError.contains(message), "\(refused.transcript)")
                }
                let pushed = try await call(["push", "--pin", "b", path], writer)
                #expect(pushed.status == 0, "\(pushed.transcript)")
                let collected = try await call(["gc", "--older-than", "720h"], writer)
                #expect(collected.status == 0, "\(collected.transcript)")
                // Whom nobody vouches for is not believed to be the server.
                let unknown = try await niks3(
                    ["push", path, "--client-cert", writer.certificate, "--client-key", writer.key], of: nix,
                    to: server
                ).run()
                #expect(unknown.status == 1, "\(unknown.transcript)")

                try await read(path, from: server, as: reader, nix)
            }
        }

        /// What takes a credential to be read: by Nix with a netrc file, and by others.
        private func read(
            _ path: String, from server: RunningServer, as reader: TestAuthority.Files, _ nix: NixSandbox
        ) async throws {
            let key = try await server.publicKey()
            let authority = try #require(server.authority)
            for (password, isRight) in [(nil, false), ("wrong", false), (Self.readToken, true)] {
                let store = try FetchedStore(beside: nix)
                var options = ["--option", "trusted-public-keys", key]
                if let password {
                    let line = "machine 127.0.0.1 login nix password \(password)\n"
                    options += ["--option", "netrc-file", try nix.root.file("netrc", line)]
                }
                var fetch = store.command(
                    ["nix", "copy", "--from", server.url, "--to", "local?root=" + store.root.path] + options + [path])
                fetch.environment["NIX_SSL_CERT_FILE"] = authority
                let fetched = try await fetch.run()
                #expect((fetched.status == 0) == isRight, "\(fetched.transcript)")
                if isRight { try await store.verify() }
            }
            let token = Self.readToken
            for (words, status) in [
                ([], "401"), (["--header", "Authorization: Bearer \(token)"], "200"),
                (["--user", "any:\(token)"], "200"),
                (["--user", "any:x"], "401"), (["--cert", reader.certificate, "--key", reader.key], "200"),
            ] {
                let answer = try await nix.command(
                    ["curl", "--silent", "--cacert", authority, "--output", "/dev/null", "--write-out", "%{http_code}"]
                        + words + [server.url + "/nix-cache-info"]
                ).succeed()
                #expect(answer.line == status, "\(words)")
            }
        }

        @Test("jobs of GitHub and GitLab push with the tokens of their services")
        func jobs() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(#"mk "job" "echo job > $out""#)
            try await TestIdentityProvider.run(in: nix) { provider in
                let github = provider.url + "/_services/token"
                for issuer in [github, provider.url] { try await provider.publish(issuer: issuer) }
                let config = try nix.root.file(
                    "oidc.json",
                    """
                    {"allow_insecure":true,"providers":{
                    "github":{"issuer":"\(github)","audience":"\(Self.audience)","rules":[
                    {"bound_claims":{"repository_owner":["acme"]},"scopes":["write"]},
                    {"bound_subject":["repo:acme/infra:*"],"scopes":["write"],"pins":["main-*"]}]},
                    "gitlab":{"issuer":"\(provider.url)","audience":"\(Self.audience)",
                    "bound_claims":{"namespace_path":["acme"]},"scopes":["admin"]}}}
                    """)
                try await RunningServer.run(
                    for: nix, on: .directory(nix.root.path + "/server"), arguments: ["--oidc-config", config]
                ) { server in
                    var variables = [
                        "GITHUB_SERVER_URL": provider.url, "CI_SERVER_URL": provider.url,
                        "ACTIONS_ID_TOKEN_REQUEST_URL": provider.url + "/token.json?api-version=2.0",
                        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the-secret-of-the-job",
                    ]
                    func call(_ words: [String]) async throws -> CommandOutput {
                        var command = niks3(words, of: nix, to: server)
                        command.environment.merge(variables) { $1 }
                        return try await command.run()
                    }
                    func give(_ subject: String, owner: String) async throws -> String {
                        let token = try await provider.token([
                            "iss": github, "aud": Self.audience, "sub": subject, "repository_owner": owner,
                        ])
                        try provider.put(#"{"value":"\#(token)"}"#, at: "token.json")
                        return token
                    }
                    let job = try await give("repo:acme/app:ref:refs/heads/x", owner: "acme")
                    let pushed = try await call(["push", "--oidc", "github", path])
                    #expect(pushed.status == 0, "\(pushed.transcript)")
                    let reserved = try await call(["pins", "create", "main-1", path, "--oidc", "github"])
                    #expect(reserved.status == 1)
                    #expect(reserved.standardError.contains("is reserved for others"), "\(reserved.transcript)")
                    let collected = try await call(["gc", "--oidc", "github"])
                    #expect(collected.standardError.contains("lacks scope admin"), "\(collected.transcript)")
                    _ = try await give("repo:acme/infra:ref:refs/heads/main", owner: "acme")
                    let pinned = try await call(["pins", "create", "main-1", path, "--oidc", "github"])
                    #expect(pinned.status == 0, "\(pinned.transcript)")

                    let evil = try await give("repo:evil/app:ref:refs/heads/main", owner: "evil")
                    let refused = try await call(["push", "--oidc", "github", path])
                    #expect(refused.status == 1)
                    #expect(refused.standardError.contains("(401)"), "\(refused.transcript)")
                    #expect(server.log.contains("oidc:github:repo:evil/app:ref:refs/heads/main"), "\(server.log)")
                    #expect(server.log.contains("no rule matches its claims"))
                    for token in [job, evil] { #expect(!server.log.contains(token)) }

                    variables["NIKS3_ID_TOKEN"] = try await provider.token([
                        "iss": provider.url, "aud": Self.audience, "sub": "project", "namespace_path": "acme",
                    ])
                    let swept = try await call(["gc", "--oidc", "gitlab"])
                    #expect(swept.status == 0, "\(swept.transcript)")
                    let forbidden = try await call(["push", "--oidc", "gitlab", path])
                    #expect(forbidden.standardError.contains("lacks scope write"), "\(forbidden.transcript)")
                }
            }
        }

        @Test("a program signs, dies, and signs again")
        func signingProgram() async throws {
            let nix = try NixSandbox()
            let program = try await TestSigningProgram(in: nix)
            let (first, second) = (
                try await nix.build(#"mk "first" "echo first > $out""#),
                try await nix.build(#"mk "second" "echo second > $out""#, file: "second")
            )
            try await RunningServer.run(
                for: nix, on: .directory(nix.root.path + "/server"), arguments: program.arguments
            ) { server in
                #expect(try await server.publicKey() == program.publicKey)
                try await nix.push([first], to: server).succeed()
                try await nix.expectWhole(first, in: server)
                kill(try program.processID, SIGKILL)
                try await nix.push([second], to: server).succeed()
                try await nix.expectWhole(second, in: server)
                #expect(
                    server.log.contains("the signing program has ended and is started again"), "\(server.log)")
            }
        }

        @Test("a program signs what is imported")
        func signedImport() async throws {
            let nix = try NixSandbox()
            let program = try await TestSigningProgram(in: nix)
            let directory = nix.root.path + "/server"
            let path = try await nix.build(#"mk "imported" "echo imported > $out""#)
            try await RunningServer.run(for: nix, on: .directory(directory)) { server in
                _ = try await nix.push([path], to: server).succeed()
            }
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: directory + "/niks3.sqlite" + suffix)
            }
            // It is a server that makes the database.
            try await RunningServer.run(for: nix, on: .directory(directory), arguments: program.arguments) { _ in }
            try await nix.command(
                [Programs.server, "import", "--from-bucket", "--data-dir", directory] + program.arguments
            ).succeed()
            try await RunningServer.run(
                for: nix, on: .directory(directory), arguments: program.arguments
            ) { server in
                #expect(try await server.publicKey() == program.publicKey)
                try await nix.expectWhole(path, in: server)
            }
        }
    }
}

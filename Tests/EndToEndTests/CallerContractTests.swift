import Foundation
import Subprocess
import Testing

extension EndToEnd {
    /// The very command lines with which others call `niks3`, in the very environment.
    @Suite(.serialized)
    struct CallerContracts {
        private struct Fixture {
            let nix: NixSandbox
            let paths: [String]

            init() async throws {
                nix = try NixSandbox()
                var paths: [String] = []
                for name in ["one", "two"] {
                    paths.append(try await nix.build(#"mk "\#(name)" "echo \#(name) > $out""#, file: name))
                }
                self.paths = paths
            }

            func run(_ body: @escaping @Sendable (RunningServer) async throws -> Void) async throws {
                try await RunningServer.run(for: nix, on: .directory(nix.root.path + "/server"), body)
            }
        }

        private static func token(of server: RunningServer) throws -> String {
            try String(contentsOfFile: server.tokenPath, encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines)
        }

        @Test("nix-fast-build: no flags, the server in the environment, the token in the standard place")
        func nixFastBuild() async throws {
            let fixture = try await Fixture()
            let (nix, paths) = (fixture.nix, fixture.paths)
            try await fixture.run { server in
                _ = try nix.root.directory("home/.config/niks3")
                try nix.root.file("home/.config/niks3/auth-token", try Self.token(of: server) + "\n")
                let push = nix.command(
                    [Programs.niks3, "push"] + paths, adding: ["NIKS3_SERVER_URL": server.url])
                try await push.succeed()
                for path in paths { try await nix.expectWhole(path, in: server) }
                let failed = try await nix.command(
                    [Programs.niks3, "push", paths[0] + "-not"], adding: ["NIKS3_SERVER_URL": server.url]
                ).run()
                #expect(failed.status == 1, "\(failed.transcript)")
            }
        }

        @Test("buildbot-nix: the token as a flag, and a relative link")
        func buildbotNix() async throws {
            let fixture = try await Fixture()
            let (nix, paths) = (fixture.nix, fixture.paths)
            try await fixture.run { server in
                symlink(paths[0], nix.root.path + "/result-attr")
                let output = try await nix.command(
                    [Programs.niks3, "push", "--auth-token", try Self.token(of: server), "result-attr"],
                    adding: ["NIKS3_SERVER_URL": server.url]
                ).succeed()
                #expect(output.standardError.contains("warning: --auth-token shows the token"))
                #expect(!output.standardError.contains(try Self.token(of: server)))
                try await nix.expectWhole(paths[0], in: server)
            }
        }

        @Test("the GitHub action: a script that prints the token, run by node")
        func githubAction() async throws {
            let fixture = try await Fixture()
            let (nix, paths) = (fixture.nix, fixture.paths)
            try await fixture.run { server in
                // What the action writes is JavaScript; here a `node` stands in the path that prints the same.
                let bin = try nix.root.directory("bin")
                let node = try nix.root.file(
                    "bin/node",
                    """
                    #!/bin/sh
                    [ "$1" = /tmp/niks3-token.js ] || exit 9
                    printf '{"token":"%s","expires_at":"2999-01-01T00:00:00Z"}' '\(try Self.token(of: server))'
                    echo run >> \(nix.root.path)/runs
                    """)
                chmod(node, 0o755)
                let path = nix.environment["PATH"] ?? ""
                try await nix.command(
                    [
                        Programs.niks3, "push", "--server-url", server.url, "--auth-token-script",
                        "node /tmp/niks3-token.js",
                    ] + paths, adding: ["PATH": "\(bin):\(path)"]
                ).succeed()
                for path in paths { try await nix.expectWhole(path, in: server) }
                #expect(try String(contentsOfFile: nix.root.path + "/runs", encoding: .utf8) == "run\n")
            }
        }

        @Test("build farms: paths on standard input, one line of JSON for each")
        func stream() async throws {
            let fixture = try await Fixture()
            let (nix, paths) = (fixture.nix, fixture.paths)
            try await fixture.run { server in
                let input = try nix.root.file(
                    "input", "\(paths[0])\n{\"id\":7,\"paths\":[\"\(paths[1])\"]}\n{bad\n")
                let output = try await nix.command(
                    ["sh", "-c", "exec \"$0\" push --stdin < \(input)", Programs.niks3],
                    adding: ["NIKS3_SERVER_URL": server.url, "NIKS3_AUTH_TOKEN_FILE": server.tokenPath]
                ).run()
                #expect(output.status == 1, "\(output.transcript)")
                struct Line: Decodable {
                    var id: Int?
                    var path: String
                    var status: String
                    var signatures: [String]?
                }
                let lines = try output.standardOutput.split(separator: "\n").map {
                    try JSONDecoder().decode(Line.self, from: Data($0.utf8))
                }
                #expect(lines.count == 3)
                #expect(lines.first { $0.path == paths[0] }?.status == "ok")
                #expect(lines.first { $0.id == 7 }?.path == paths[1])
                #expect(lines.first { $0.path == "{bad" }?.status == "error")
                #expect(lines.first { $0.id == 7 }?.signatures?.count == 1)
                for path in paths { try await nix.expectWhole(path, in: server) }
            }
        }

        @Test("a settings file stands in for the environment, and what was pushed can be verified")
        func settingsAndVerify() async throws {
            let fixture = try await Fixture()
            let (nix, paths) = (fixture.nix, fixture.paths)
            try await fixture.run { server in
                _ = try nix.root.directory("home/.config/niks3")
                try nix.root.file(
                    "home/.config/niks3/config.toml",
                    "server-url = \"\(server.url)\"\nauth-token-path = \"\(server.tokenPath)\"\n")
                try await nix.command([Programs.niks3, "push"] + paths).succeed()
                let status = try await nix.command([Programs.niks3, "status"]).succeed()
                #expect(status.standardOutput.contains("Token        accepted"), "\(status.transcript)")
                let verify = [Programs.niks3, "verify", "--cache", server.url, "--deep"]
                try await nix.command(verify + paths).succeed()
                // A path that was never pushed, and a NAR that has become another.
                let absent = try await nix.build(#"mk "absent" "echo absent > $out""#, file: "absent")
                let missing = try await nix.command(verify + [absent]).run()
                #expect(missing.status == 1)
                #expect(missing.standardError.contains("is missing"), "\(missing.transcript)")
            }
        }

        @Test("a push that was killed inside a large NAR does not send again what had arrived")
        func resumed() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(
                """
                mk "large" ''
                  mkdir $out
                  head -c 120000000 /dev/zero | openssl enc -aes-128-ctr -K 01010101010101010101010101010101 \\
                    -iv 00000000000000000000000000000000 > $out/data
                ''
                """)
            try await RunningServer.run(for: nix, on: .directory(nix.root.path + "/server")) { server in
                let journals = nix.root.path + "/home/cache/niks3/uploads"
                let killed = try await nix.push([path], to: server).run { processID in
                    _ = try await eventually("three parts in the journal") { () -> Bool? in
                        let names = (try? FileManager.default.contentsOfDirectory(atPath: journals)) ?? []
                        let text = try names.first.map {
                            try String(contentsOfFile: "\(journals)/\($0)", encoding: .utf8)
                        }
                        return (text?.split(separator: "\n").count ?? 0) >= 4 ? true : nil
                    }
                    kill(processID, SIGKILL)
                }
                #expect(killed.status == 128 + 9, "\(killed.transcript)")
                let again = try await nix.push([path], to: server, flags: ["--json"]).succeed()
                struct Summary: Decodable {
                    var event: String
                    var bytes_kept: Int?
                    var bytes_sent: Int?
                }
                let lines = try again.standardOutput.split(separator: "\n").map {
                    try JSONDecoder().decode(Summary.self, from: Data($0.utf8))
                }
                let summary = try #require(lines.last)
                #expect(summary.event == "summary")
                #expect(summary.bytes_kept ?? 0 >= 30_000_000, "\(again.transcript)")
                #expect((summary.bytes_kept ?? 0) + (summary.bytes_sent ?? 0) < 121_000_000, "\(again.transcript)")
                try await nix.expectWhole(path, in: server)
            }
        }

        @Test("nor, between many small ones, the NARs that had arrived", arguments: Deployment.allCases)
        func resumedBetweenSmallOnes(on deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let count = 2000
            let path = try await nix.build(
                """
                let file = number: builtins.toFile "small-${toString number}" "small ${toString number}";
                in mk "root" "cp ${builtins.toFile "files" (toString (builtins.genList file \(count)))} $out"
                """)
            try await RunningServer.run(for: nix, on: try await deployment.storage(for: nix)) { server in
                @Sendable func arrived() async throws -> Int {
                    try await server.storage.objects().count { $0.hasSuffix(".nar.zst") }
                }
                let killed = try await nix.push([path], to: server).run { processID in
                    _ = try await eventually("some NARs") { try await arrived() > 600 ? true : nil }
                    kill(processID, SIGKILL)
                }
                #expect(killed.status == 128 + 9, "\(killed.transcript)")
                let kept = try await arrived()
                let again = try await nix.push([path], to: server, flags: ["--json"]).succeed()
                struct Compared: Decodable {
                    var event: String
                    var nars: Int?
                }
                let sent = try again.standardOutput.split(separator: "\n").compactMap {
                    try JSONDecoder().decode(Compared.self, from: Data($0.utf8)).nars
                }
                // Those of the last quarter of a second may not have been told of.
                #expect(try #require(sent.first) <= count + 1 - kept / 2, "\(kept) arrived: \(again.transcript)")
                try await nix.expectWhole(path, in: server)
            }
        }
    }
}

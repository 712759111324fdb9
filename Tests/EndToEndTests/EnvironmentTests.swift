import Foundation
import Testing

extension EndToEnd {
    /// The programs on machines that are not like ours: they keep working, and their secrets to themselves.
    @Suite(.serialized)
    struct Environments {
        private static let closure = #"let a = mk "a" "echo a > $out"; in mk "b" "ln -s ${a} $out""#

        @Test("a closure is pushed, seen and fetched", arguments: Surrounding.allCases)
        func works(in surrounding: Surrounding) async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(Self.closure)
            try await push(
                path, of: nix, to: nix.root.path + "/server", under: try surrounding.circumstances(in: nix.root))
        }

        @Test(
            "a closure is pushed by a user who may write nothing, not even his home",
            .enabled("needs root, and a Swift that everybody may read") { Stranger.canRunPrograms })
        func stranger() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(Self.closure)
            let stranger = try Stranger()
            let circumstances = Circumstances(
                variables: ["HOME": try stranger.readOnlyDirectory(), "XDG_CACHE_HOME": nil], user: Stranger.id,
                programs: stranger.programs)
            try await push(path, of: nix, to: try stranger.directory(), under: circumstances)
        }

        @Test(
            "a data directory and a token are found by HOME alone, and belong to their owner",
            arguments: ["000", "077"])
        func home(_ mask: String) async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(Self.closure)
            let home = nix.root.path + "/home"
            let data = home + "/.local/state/niks3"
            let circumstances = Circumstances(variables: ["XDG_CACHE_HOME": nil], mask: mask)
            try await RunningServer.run(for: nix, on: .home(home), under: circumstances) { server in
                let token = try Data(contentsOf: URL(fileURLWithPath: data + "/api-token"))
                _ = try nix.root.directory("home/.config/niks3")
                try token.write(to: URL(fileURLWithPath: home + "/.config/niks3/auth-token"))
                let pushed = try await circumstances.command(
                    "niks3", ["push", path, "--server-url", server.url], environment: nix.environment
                ).run()
                #expect(pushed.status == 0, "\(pushed.transcript)")
            }
            #expect(try modes(below: home + "/.local").directories == ["700"])
            #expect(try modes(below: home + "/.local").files == ["600"])
        }

        @Test("keys and tokens are readable for their owner alone", arguments: ["000", "022", "077"])
        func secrets(_ mask: String) async throws {
            let nix = try NixSandbox()
            let secrets = try nix.root.directory("secrets")
            let circumstances = Circumstances(mask: mask)
            for words in [
                ["keys", "generate", "cache.example.org-1", "--sign-key-path", secrets + "/key"],
                ["tokens", "add", "ci", "--scope", "write", "--tokens-path", secrets + "/tokens"],
                ["tokens", "add", "admin", "--scope", "admin", "--tokens-path", secrets + "/tokens"],
            ] {
                try await circumstances.command("niks3-server", words, environment: nix.environment).succeed()
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: secrets).contains("tokens"))
            #expect(try modes(below: secrets).files == ["600"])
        }

        /// Starts a server that keeps everything in `data`, pushes to it, asks it, and lets real Nix fetch.
        private func push(
            _ path: String, of nix: NixSandbox, to data: String, under circumstances: Circumstances
        ) async throws {
            try await RunningServer.run(for: nix, on: .directory(data), under: circumstances) { server in
                func niks3(_ words: String...) async throws -> String {
                    let output = try await circumstances.command(
                        "niks3", words,
                        environment: nix.environment.merging(
                            ["NIKS3_SERVER_URL": server.url, "NIKS3_AUTH_TOKEN_FILE": server.tokenPath]) { $1 }
                    ).succeed()
                    return output.standardOutput
                }
                let start = Date()
                _ = try await niks3("push", path)
                try await nix.expectWhole(path, in: server)
                #expect(try await niks3("status").hasSuffix("\nToken        accepted\n"))
                let fields = try await niks3("closures", "list").split(separator: "\t")
                #expect(fields.first.map(String.init) == path)
                #expect(isNow(fields.last ?? "", since: start), "\(fields)")
                let plan = try await niks3("gc", "--older-than", "1h", "--dry-run")
                #expect(plan.hasPrefix("Closures that would be deleted: 0\n"), "\(plan)")
                let line = try #require(server.log.split(separator: "\n").first { $0.contains("INFO") })
                #expect(isNow(line, since: start), "\(line)")
            }
            #expect(try modes(below: data).directories == ["700"])
            #expect(try modes(below: data).files == ["600"])
        }

        /// Whether a text begins with a time in UTC that has just been, as in `2026-01-31T12:00:00`.
        private func isNow(_ text: some StringProtocol, since start: Date) -> Bool {
            guard let time = try? Date(String(text.prefix(19)) + "Z", strategy: .iso8601) else { return false }
            return (start - 60...Date() + 60).contains(time)
        }

        /// The modes that there are below a directory, in octal digits, its own among them.
        private func modes(below directory: String) throws -> (directories: Set<String>, files: Set<String>) {
            var modes: (directories: Set<String>, files: Set<String>) = ([], [])
            let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
            for path in [directory] + names.map({ directory + "/" + $0 }) {
                var status = stat()
                try #require(lstat(path, &status) == 0)
                let mode = String(status.st_mode & 0o777, radix: 8)
                if status.st_mode & S_IFMT == S_IFDIR {
                    modes.directories.insert(mode)
                } else {
                    modes.files.insert(mode)
                }
            }
            return modes
        }
    }
}

import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// `niks3 watch-store` beside a real Nix that builds.
    @Suite(.serialized)
    struct WatchedStore {
        private func watch(_ nix: NixSandbox, _ server: RunningServer) -> Command {
            nix.command(
                [
                    Programs.niks3, "watch-store", "-server-url", server.url, "--auth-token-path", server.tokenPath,
                    "--db-path", nix.root.path + "/watch/state.db", "--debug",
                ], adding: ["PATH": nix.root.path + "/nowhere"])
        }

        private func holds(_ path: String, _ server: RunningServer) async throws -> Bool {
            let hash = try StorePath(baseName: (path as NSString).lastPathComponent).hashPart
            return try await server.storage.objects().contains { $0.hasSuffix(hash + ".narinfo") }
        }

        @Test("what is built is pushed without a hook; SIGTERM drains, and a kill forgets nothing")
        func watched() async throws {
            try await Deployment.embedded.run { nix, server in
                let before = try await nix.build(#"mk "before" "echo before > $out""#, file: "before")
                let paths = Shared<[String]>([])
                let first = try await watch(nix, server).run { processID in
                    _ = try await eventually("the state of the watcher") {
                        FileManager.default.fileExists(atPath: nix.root.path + "/watch/state.db") ? true : nil
                    }
                    // It is ready when it has noted where the store ends.
                    try await Task.sleep(for: .seconds(1))
                    let library = try await nix.build(
                        """
                        let library = mk "library" "mkdir $out; echo 42 > $out/answer";
                        in mk "program" "mkdir $out; ln -s ${library} $out/library"
                        """)
                    _ = try await eventually("\(library) in the cache") {
                        try await holds(library, server) ? true : nil
                    }
                    let last = try await nix.build(#"mk "last" "echo last > $out""#, file: "last")
                    kill(processID, SIGTERM)
                    paths.withLock { $0 = [library, last] }
                }
                #expect(first.status == 0, "\(first.transcript)")
                for path in paths.withLock({ $0 }) { try await nix.expectWhole(path, in: server) }
                #expect(try await !holds(before, server))
                #expect(try await server.storage.objects().allSatisfy { !$0.hasSuffix(".drv.narinfo") })

                // What appears while nobody watches is found later, also after a kill.
                let unwatched = try await nix.build(#"mk "unwatched" "echo unwatched > $out""#, file: "unwatched")
                let killed = try await watch(nix, server).run { processID in kill(processID, SIGKILL) }
                #expect(killed.status == 128 + 9)
                let second = try await watch(nix, server).run { processID in
                    _ = try await eventually("\(unwatched) in the cache") {
                        try await holds(unwatched, server) ? true : nil
                    }
                    kill(processID, SIGINT)
                }
                #expect(second.status == 0, "\(second.transcript)")
                try await nix.expectWhole(unwatched, in: server)
            }
        }

        @Test("a store that cannot be watched is refused with a sentence")
        func refused() async throws {
            let nix = try NixSandbox()
            let token = try nix.root.file("token", String(repeating: "x", count: 40))
            let words = [
                Programs.niks3, "watch-store", "--server-url", "http://127.0.0.1:9", "--auth-token-path", token,
            ]
            let absent = try await nix.command(words + ["--store", nix.root.path + "/nowhere"]).run()
            #expect(absent.status == 1)
            #expect(absent.standardError.contains("There is no \(nix.root.path)/nowhere/nix/var/nix/db/schema."))
            let remote = try await nix.command(words + ["--store", "ssh-ng://builder"]).run()
            #expect(remote.status == 2)
            #expect(remote.standardError.contains("Only a store of this machine can be watched"))
        }
    }
}

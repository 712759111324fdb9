import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// What goes wrong is said, and leaves nothing broken.
    @Suite(.serialized)
    struct Faults {
        /// 60 MB that do not compress, in paths of 20 MB each, below one root.
        private func incompressible(_ nix: NixSandbox) async throws -> String {
            try await nix.build(
                """
                let part = key: mk "part-${key}" ''
                      mkdir $out
                      head -c 20000000 /dev/zero | openssl enc -aes-128-ctr -K ${key} \\
                        -iv 00000000000000000000000000000000 > $out/data
                    '';
                in mk "root" "echo ${part "01"} ${part "02"} ${part "03"} > $out"
                """)
        }

        /// Fetches `path` with real Nix and expects it whole.
        private func expectWhole(_ path: String, of nix: NixSandbox, in server: RunningServer) async throws {
            let store = try FetchedStore(beside: nix)
            let fetched = try await store.fetch([path], from: server.url, trusting: try await server.publicKey())
            #expect(fetched.status == 0, "\(fetched.transcript)")
            try await store.verify()
        }

        /// Bytes that the server has received, finished or not.
        private static func received(in dataDirectory: String) -> Int {
            var sum = 0
            let names = FileManager.default.enumerator(atPath: dataDirectory)
            while let name = names?.nextObject() as? String {
                var status = stat()
                if stat(dataDirectory + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                    sum += Int(status.st_size)
                }
            }
            return sum
        }

        @Test("a wrong token is refused with a sentence that says where the token came from")
        func wrongToken() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(#"mk "small" "echo small > $out""#)
            try await RunningServer.run(for: nix, dataDirectory: nix.root.path + "/server") { server in
                let token = try nix.root.file("wrong-token", String(repeating: "x", count: 40))
                let output = try await nix.push([path], url: server.url, tokenPath: token).run()
                #expect(output.status == 1)
                #expect(output.standardError.contains(token), "\(output.transcript)")
                #expect(output.standardError.contains("401"), "\(output.transcript)")
                #expect(try Closures.objects(of: server).isEmpty)
            }
        }

        @Test("a server that is not there is named, with its address")
        func noServer() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(#"mk "small" "echo small > $out""#)
            let token = try nix.root.file("token", String(repeating: "x", count: 40))
            var push = nix.push([path], url: "http://127.0.0.1:9", tokenPath: token)
            push.words.insert(contentsOf: ["timeout", "--preserve-status", "120"], at: 0)
            let output = try await push.run()
            #expect(output.status == 1)
            #expect(output.standardError.contains("127.0.0.1:9"), "\(output.transcript)")
        }

        @Test("a push killed in the middle publishes nothing, and run again completes")
        func killedPush() async throws {
            let nix = try NixSandbox()
            let path = try await incompressible(nix)
            try await RunningServer.run(for: nix, dataDirectory: nix.root.path + "/server") { server in
                let killed = try await nix.push([path], to: server).run { processID in
                    _ = try await eventually("the first bytes of the push") {
                        Self.received(in: server.dataDirectory) > 5_000_000 ? true : nil
                    }
                    kill(processID, SIGKILL)
                }
                #expect(killed.status == 128 + 9, "\(killed.transcript)")
                #expect(try Closures.objects(of: server).filter { $0.hasSuffix(".narinfo") }.isEmpty)
                try await nix.push([path], to: server).succeed()
                try await expectWhole(path, of: nix, in: server)
            }
        }

        @Test("a server killed in the middle of a push and started again: the push goes on")
        func killedServer() async throws {
            let nix = try NixSandbox()
            let path = try await incompressible(nix)
            let data = nix.root.path + "/server"
            let (port, pushing) = try await RunningServer.run(for: nix, dataDirectory: data) { server in
                let push = nix.push([path], to: server)
                // The push must outlive this server: an unstructured task, awaited below.
                let pushing = Task { try await push.run() }
                _ = try await eventually("the first bytes of the push") {
                    Self.received(in: server.dataDirectory) > 5_000_000 ? true : nil
                }
                server.signal(SIGKILL)
                return (server.port, pushing)
            }
            try await RunningServer.run(for: nix, dataDirectory: data, port: port) { server in
                let output = try await pushing.value
                #expect(output.status == 0, "\(output.transcript)")
                try await expectWhole(path, of: nix, in: server)
            }
        }

        @Test("a path that was changed behind Nix's back is named and not published")
        func corruptedPath() async throws {
            let nix = try NixSandbox()
            let good = try await nix.build(#"mk "good" "echo good > $out""#, file: "good")
            let bad = try await nix.build(#"mk "bad" "mkdir $out; seq 1000 > $out/numbers""#, file: "bad")
            let large = try await nix.build(
                #"mk "bad-large" "mkdir $out; head -c 30000000 /dev/zero > $out/zeros""#, file: "large")
            for file in [bad + "/numbers", large + "/zeros"] {
                chmod(file, 0o644)
                let handle = try #require(FileHandle(forWritingAtPath: file))
                try handle.write(contentsOf: Data("9".utf8))
                try handle.close()
            }
            try await RunningServer.run(for: nix, dataDirectory: nix.root.path + "/server") { server in
                for path in [bad, large] {
                    let output = try await nix.push([path], to: server).run()
                    #expect(output.status == 1)
                    #expect(output.standardError.contains(path), "\(output.transcript)")
                    #expect(try Closures.objects(of: server).isEmpty)
                }
                try await nix.push([good], to: server).succeed()
                try await expectWhole(good, of: nix, in: server)
            }
        }

        @Test(
            "a full disk is an error that says so, and nothing is half visible",
            .enabled(if: getuid() == 0, "mounting a small file system takes root"))
        func fullDisk() async throws {
            let nix = try NixSandbox()
            let path = try await incompressible(nix)
            let data = try nix.root.directory("small-disk")
            try await nix.command(["mount", "-t", "tmpfs", "-o", "size=24m", "none", data]).succeed()
            do {
                try await RunningServer.run(for: nix, dataDirectory: data) { server in
                    let output = try await nix.push([path], to: server).run()
                    #expect(output.status == 1)
                    #expect(output.standardError.contains("space"), "\(output.transcript)")
                    #expect(try Closures.objects(of: server).filter { $0.hasSuffix(".narinfo") }.isEmpty)
                    // The server has survived it.
                    _ = try await server.get("/health")
                }
            } catch {
                try await nix.command(["umount", "--lazy", data]).succeed()
                throw error
            }
            try await nix.command(["umount", "--lazy", data]).succeed()
        }

        @Test("a second server on the same data directory is refused with a sentence")
        func secondServer() async throws {
            let nix = try NixSandbox()
            let data = nix.root.path + "/server"
            try await RunningServer.run(for: nix, dataDirectory: data) { _ in
                let second = try await nix.command(
                    [Programs.server, "--data-dir", data, "--http-addr", "127.0.0.1:0"]
                ).run()
                #expect(second.status == 1)
                #expect(second.standardError.contains(data), "\(second.transcript)")
            }
        }
    }
}

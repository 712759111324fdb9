import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// What goes wrong is said, and leaves nothing broken.
    @Suite(.serialized)
    struct Faults {
        @Test(
            "a wrong token is refused with a sentence that says where the token came from",
            arguments: Deployment.allCases)
        func wrongToken(on deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(#"mk "small" "echo small > $out""#)
            try await RunningServer.run(for: nix, on: try await deployment.storage(for: nix)) { server in
                let token = try nix.root.file("wrong-token", String(repeating: "x", count: 40))
                let output = try await nix.push([path], url: server.url, tokenPath: token).run()
                #expect(output.status == 1)
                #expect(output.standardError.contains(token), "\(output.transcript)")
                #expect(output.standardError.contains("401"), "\(output.transcript)")
                #expect(try await server.storage.objects().isEmpty)
            }
        }

        @Test("a push killed in the middle publishes nothing, and run again completes", arguments: Deployment.allCases)
        func killedPush(on deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let path = try await nix.buildIncompressible()
            try await RunningServer.run(for: nix, on: try await deployment.storage(for: nix)) { server in
                let killed = try await nix.push([path], to: server).run { processID in
                    _ = try await eventually("the first bytes of the push") {
                        try await server.storage.receivedBytes() > 5_000_000 ? true : nil
                    }
                    kill(processID, SIGKILL)
                }
                #expect(killed.status == 128 + 9, "\(killed.transcript)")
                #expect(try await server.storage.objects().filter { $0.hasSuffix(".narinfo") }.isEmpty)
                try await nix.push([path], to: server).succeed()
                try await nix.expectWhole(path, in: server)
            }
        }

        @Test(
            "a server killed in the middle of a push and started again: the push goes on",
            arguments: Deployment.allCases)
        func killedServer(on deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let path = try await nix.buildIncompressible()
            let storage = try await deployment.storage(for: nix)
            let (port, pushing) = try await RunningServer.run(for: nix, on: storage) { server in
                let push = nix.push([path], to: server)
                // The push must outlive this server: an unstructured task, awaited below.
                let pushing = Task { try await push.run() }
                _ = try await eventually("the first bytes of the push") {
                    try await server.storage.receivedBytes() > 5_000_000 ? true : nil
                }
                server.signal(SIGKILL)
                return (server.port, pushing)
            }
            try await RunningServer.run(for: nix, on: storage, port: port) { server in
                let output = try await pushing.value
                #expect(output.status == 0, "\(output.transcript)")
                try await nix.expectWhole(path, in: server)
            }
        }

        @Test("a path that was changed behind Nix's back is named and not published", arguments: Deployment.allCases)
        func corruptedPath(on deployment: Deployment) async throws {
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
            try await RunningServer.run(for: nix, on: try await deployment.storage(for: nix)) { server in
                for path in [bad, large] {
                    let output = try await nix.push([path], to: server).run()
                    #expect(output.status == 1)
                    #expect(output.standardError.contains(path), "\(output.transcript)")
                    #expect(try await server.storage.objects().isEmpty)
                }
                try await nix.push([good], to: server).succeed()
                try await nix.expectWhole(good, in: server)
            }
        }

        @Test("a second server on the same data directory is refused with a sentence")
        func secondServer() async throws {
            let nix = try NixSandbox()
            let data = nix.root.path + "/server"
            try await RunningServer.run(for: nix, on: .directory(data)) { _ in
                let second = try await nix.command(
                    [Programs.server, "--data-dir", data, "--http-addr", "127.0.0.1:0"]
                ).run()
                #expect(second.status == 1)
                #expect(second.standardError.contains(data), "\(second.transcript)")
            }
        }
    }
}

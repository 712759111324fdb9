import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// The daemon of the hook, killed at each of the calls by which its queue gets to the disk.
    @Suite(.serialized)
    struct HookWrites {
        private static let tracer = "/usr/bin/strace"
        /// More than the daemon makes in a round.
        private static let limit = 150

        /// Whether a process of ours is over, though nobody has asked for its status yet.
        private static func hasEnded(_ processID: Int32) -> Bool {
            let status = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
            return status?.contains(") Z ") ?? true
        }

        /// The daemon, of which a thread that makes its n-th call is killed at it, with all others.
        private func serve(_ hook: HookFixture, _ server: RunningServer, killedAt number: Int?) -> Command {
            var command = hook.serve(["--idle-exit-timeout", "1"], url: server.url, tokenPath: server.tokenPath)
            guard let number else { return command }
            let calls = "pwrite64,fdatasync,fsync,ftruncate,unlink"
            let files = ["", "-wal", "-shm"].flatMap { ["-P", hook.queue + $0] }
            command.words =
                [Self.tracer, "-f", "-qq", "-o", "/dev/null"] + files
                + ["-e", "trace=\(calls)", "-e", "inject=\(calls):signal=KILL:when=\(number)"] + command.words
            return command
        }

        @Test(
            "no path that was acknowledged is lost, whichever write is the last",
            .enabled(if: FileManager.default.isExecutableFile(atPath: tracer), "killing at a write takes strace"))
        func killedAtEachWrite() async throws {
            let nix = try NixSandbox()
            let hook = try HookFixture(nix)
            try nix.root.file(
                "paths.nix",
                #"builtins.concatStringsSep " " (builtins.genList (i: "${builtins.toFile "p-${toString i}" "${toString i}"}") \#(2 * Self.limit))"#
            )
            let paths = try await nix.command(["nix-instantiate", "--eval", "--read-write-mode", "paths.nix"]).succeed()
                .line.trimmingCharacters(in: ["\""]).split(separator: " ").map(String.init)
            try await RunningServer.run(for: nix, on: .directory(nix.root.path + "/server")) { server in
                let acknowledged = Shared<[String]>([])
                var kills = 0
                for number in 1...Self.limit {
                    let own = Array(paths[(2 * number - 2)..<(2 * number)])
                    let output = try await serve(hook, server, killedAt: number).run { processID in
                        for path in own {
                            while !Self.hasEnded(processID) {
                                if await hook.handOver(path) {
                                    acknowledged.withLock { $0.append(path) }
                                    break
                                }
                                try await Task.sleep(for: .milliseconds(20))
                            }
                        }
                    }
                    if output.status == 0 { break }
                    #expect(output.status == 128 + 9, "\(output.transcript)")
                    kills += 1
                }
                // The file is made, entries come, and they go again: each takes several writes.
                #expect((10..<Self.limit).contains(kills))
                #expect(try await serve(hook, server, killedAt: nil).run().status == 0)
                #expect(try hook.waitingPaths() == 0)
                let objects = try await server.storage.objects()
                let lost = try acknowledged.withLock { $0 }.filter { path in
                    let key = try path.narInfoKey
                    return !objects.contains { $0.hasSuffix(key) }
                }
                #expect(lost.isEmpty)
            }
        }
    }
}

import CacheClient
import Foundation
import Testing

extension EndToEnd {
    /// `niks3-hook` as Nix, services and CI call it.
    @Suite(.serialized)
    struct Hook {
        @Test("what real Nix builds is handed over by its post-build-hook and pushed, and SIGTERM drains")
        func postBuildHook() async throws {
            let nix = try NixSandbox()
            let hook = try HookFixture(nix)
            let shim = try nix.root.file(
                "hook", "#!/bin/sh\nexec '\(Programs.hook)' send --socket '\(hook.socket)'\n")
            chmod(shim, 0o755)
            let settings = try String(contentsOfFile: nix.root.path + "/etc/nix.conf", encoding: .utf8)
            try nix.root.file("etc/nix.conf", settings + "post-build-hook = \(shim)\n")
            try await RunningServer.run(for: nix, on: .directory(nix.root.path + "/server")) { server in
                let built = Shared("")
                let output = try await hook.serve(
                    ["--idle-exit-timeout", "0"], url: server.url, tokenPath: server.tokenPath
                ).run { processID in
                    try await hook.listening()
                    let path = try await nix.build(
                        """
                        let library = mk "library" "mkdir $out; echo 42 > $out/answer";
                        in mk "program" "mkdir $out; ln -s ${library} $out/library"
                        """)
                    built.withLock { $0 = path }
                    kill(processID, SIGTERM)
                }
                #expect(output.status == 0, "\(output.transcript)")
                #expect(try hook.waitingPaths() == 0)
                #expect(!FileManager.default.fileExists(atPath: hook.socket))
                try await nix.expectWhole(built.withLock { $0 }, in: server)
            }
        }

        @Test("the closure of what was pushed leaves the queue, vanished paths too, and the daemon ends when idle")
        func closureLeavesQueue() async throws {
            let nix = try NixSandbox()
            let hook = try HookFixture(nix)
            let path = try await nix.build(
                """
                let library = mk "library" "mkdir $out; echo 42 > $out/answer";
                in mk "program" "mkdir $out; ln -s ${library} $out/library"
                """)
            let closure = try await nix.closure(of: path)
            #expect(closure.count == 2)
            let gone = nix.storeDirectory + "/" + String(repeating: "a", count: 32) + "-gone"
            // Queued while there is no server, as after an outage.
            let first = try await hook.serve().run { processID in
                try await hook.listening()
                try await hook.sendAcknowledged([path, gone])
                try await hook.sendAcknowledged(closure)
                kill(processID, SIGKILL)
            }
            #expect(first.status == 128 + 9)
            #expect(try hook.waitingPaths() == 3)
            try await RunningServer.run(for: nix, on: .directory(nix.root.path + "/server")) { server in
                // The socket's file is still there: it is stale.
                let second = try await hook.serve(
                    ["--idle-exit-timeout", "1", "--batch-size=1", "-log-format=json"], url: server.url,
                    tokenPath: server.tokenPath
                ).run()
                #expect(second.status == 0, "\(second.transcript)")
                #expect(second.standardError.contains(gone), "\(second.transcript)")
                #expect(try hook.waitingPaths() == 0)
                try await nix.expectWhole(path, in: server)
            }
        }

        @Test("the queue can be counted by others while the daemon runs")
        func counted() async throws {
            let hook = try HookFixture(try NixSandbox())
            let paths = (0..<5).map { hook.nix.storeDirectory + "/" + String(repeating: "\($0)", count: 32) + "-x" }
            for path in paths { try "x".write(toFile: path, atomically: false, encoding: .utf8) }
            let output = try await hook.serve(["--idle-exit-timeout", "0"]).run { processID in
                try await hook.listening()
                for path in paths { try await hook.sendAcknowledged([path, paths[0]]) }
                #expect(try hook.waitingPaths() == 5)
                kill(processID, SIGKILL)
            }
            #expect(output.status == 128 + 9)
            #expect(try hook.paths() == Set(paths))
        }

        @Test(
            "the idle time is read in every spelling",
            arguments: [
                ["--idle-exit-timeout", "1s"], ["--idle-exit-timeout=1"], ["-idle-exit-timeout", "500ms"],
                ["-idle-exit-timeout=0m1s"],
            ])
        func idleExit(flags: [String]) async throws {
            let hook = try HookFixture(try NixSandbox())
            let start = ContinuousClock.now
            let output = try await hook.serve(flags + ["--debug=false"]).run()
            #expect(output.status == 0, "\(output.transcript)")
            #expect(ContinuousClock.now - start > .milliseconds(500))
        }

        @Test("with an idle time of 0 it ends at a signal only", arguments: [SIGTERM, SIGINT])
        func neverIdle(signal: Int32) async throws {
            let hook = try HookFixture(try NixSandbox())
            let output = try await hook.serve(["--idle-exit-timeout", "0"]).run { processID in
                try await hook.listening()
                try await Task.sleep(for: .milliseconds(1500))
                #expect(kill(processID, 0) == 0)
                kill(processID, signal)
            }
            #expect(output.status == 0, "\(output.transcript)")
        }

        @Test("a socket that systemd passes is used, is not removed, and serves one daemon after the other")
        func socketActivation() async throws {
            let hook = try HookFixture(try NixSandbox())
            let launcher = try ActivationLauncher(hook.socket)
            for round in 1...2 {
                let hasSentEarly = Shared(false)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // What connects before the daemon runs waits for it.
                    group.addTask {
                        try await hook.sendAcknowledged(["/nowhere/early"])
                        hasSentEarly.withLock { $0 = true }
                    }
                    let serve = hook.serve(["--idle-exit-timeout", round == 1 ? "1s" : "0"])
                    let status = try await launcher.run(serve) { processID in
                        try await hook.sendAcknowledged(["/nowhere/late"])
                        _ = try await eventually("the early path") { hasSentEarly.withLock { $0 } ? true : nil }
                        if round == 2 { kill(processID, SIGTERM) }
                    }
                    try await group.waitForAll()
                    #expect(status == 0)
                }
                #expect(FileManager.default.fileExists(atPath: hook.socket))
            }
        }

        @Test("send ends with 0 within 5 s, whatever the daemon does", arguments: ["absent", "stopped", "killed"])
        func sendIsBounded(daemon: String) async throws {
            let hook = try HookFixture(try NixSandbox())
            @Sendable func send() async throws {
                let start = ContinuousClock.now
                let output = try await hook.send(["/nix/store/a"]).run()
                let time = ContinuousClock.now - start
                #expect(output.status == 0, "\(output.transcript)")
                #expect(output.standardError.contains("/nix/store/x.drv"), "\(output.transcript)")
                #expect(time < .seconds(5), "it took \(time)")
            }
            guard daemon != "absent" else { return try await send() }
            let output = try await hook.serve(["--idle-exit-timeout", "0"]).run { processID in
                try await hook.listening()
                kill(processID, daemon == "stopped" ? SIGSTOP : SIGKILL)
                if daemon == "stopped" { try await send() }
                kill(processID, SIGKILL)
            }
            #expect(output.status == 128 + 9)
            if daemon == "killed" { try await send() }
        }

        @Test("send neither fails nor waits where there is nothing to send, or its arguments are wrong")
        func sendAlwaysSucceeds() async throws {
            let hook = try HookFixture(try NixSandbox())
            for (flags, variables, text) in [
                (["--socket", hook.socket], ["OUT_PATHS": " "], ""), (["--socket", hook.socket], [:], "OUT_PATHS"),
                (["--nonsense"], ["OUT_PATHS": "/nix/store/a"], "--nonsense"),
            ] as [([String], [String: String], String)] {
                let output = try await hook.nix.command([Programs.hook, "send"] + flags, adding: variables).run()
                #expect(output.status == 0, "\(output.transcript)")
                #expect(text.isEmpty ? output.standardError.isEmpty : output.standardError.contains(text))
            }
        }

        @Test(
            "wrong calls of the others end with 2",
            arguments: [
                [], ["--nonsense"], ["serve", "--nonsense"], ["serve", "--batch-size", "0"],
                ["serve", "--idle-exit-timeout", "soon"], ["serve", "--idle-exit-timeout=-1s"], ["serve", "path"],
                ["serve", "--debug=maybe"], ["serve", "--auth-token-path", "/token"],
            ])
        func usage(words: [String]) async throws {
            let nix = try NixSandbox()
            let output = try await nix.command([Programs.hook] + words).run()
            // Without any command the help is shown, which is no mistake.
            #expect(output.status == (words.isEmpty ? 0 : 2), "\(output.transcript)")
        }

        @Test("a queue or a socket that cannot be used is a failure that names it")
        func unusable() async throws {
            let hook = try HookFixture(try NixSandbox())
            let text = try hook.nix.root.file("text", String(repeating: "no database\n", count: 100))
            let queue = try await hook.serve(["--db-path", text]).run()
            #expect(queue.status == 1)
            #expect(queue.standardError.contains(text), "\(queue.transcript)")
            let socket = try await hook.serve(["--socket", text]).run()
            #expect(socket.status == 2)
            #expect(socket.standardError.contains(text), "\(socket.transcript)")
        }

        @Test("no path that was acknowledged is lost when the daemon is killed, at whatever moment")
        func killed() async throws {
            let hook = try HookFixture(try NixSandbox())
            let acknowledged = Shared<Set<String>>([])
            let prefix = hook.nix.storeDirectory + "/" + String(repeating: "0", count: 32) + "-"
            for round in 0..<15 {
                let output = try await hook.serve(["--idle-exit-timeout", "0"]).run { processID in
                    let isKilled = Shared(false)
                    await withTaskGroup { group in
                        for sender in 0..<4 {
                            group.addTask {
                                for number in 0..<10_000 where !isKilled.withLock({ $0 }) {
                                    let path = "\(prefix)\(round)-\(sender)-\(number)"
                                    // What is not there would be left out.
                                    _ = FileManager.default.createFile(atPath: path, contents: nil)
                                    if await hook.handOver(path) {
                                        acknowledged.withLock { _ = $0.insert(path) }
                                    }
                                }
                            }
                        }
                        group.addTask {
                            let known = acknowledged.withLock { $0.count }
                            _ = try? await eventually("the first path of round \(round)") {
                                acknowledged.withLock { $0.count } > known ? true : nil
                            }
                            try? await Task.sleep(for: .microseconds(Int.random(in: 0..<60_000)))
                            kill(processID, SIGKILL)
                            isKilled.withLock { $0 = true }
                        }
                    }
                }
                #expect(output.status == 128 + 9)
                let lost = acknowledged.withLock { $0 }.subtracting(try hook.paths())
                #expect(lost.isEmpty, "round \(round)")
            }
            #expect(acknowledged.withLock { $0.count } >= 15)
        }
    }
}

import Foundation
import Testing

/// Faults that a push does not give up on for a minute: they wait beside the other tests, and need no processor.
@Suite
struct PersistentFaults {
    @Test("a server that is not there is named, with its address, in one sentence and within the time for retries")
    func noServer() async throws {
        let nix = try NixSandbox()
        let path = try await nix.build(#"mk "small" "echo small > $out""#)
        let token = try nix.root.file("token", String(repeating: "x", count: 40))
        var push = nix.push([path], url: "http://127.0.0.1:9", tokenPath: token, flags: ["--no-progress"])
        push.words.insert(contentsOf: ["timeout", "--preserve-status", "120"], at: 0)
        let output = try await push.run()
        #expect(output.status == 1)
        #expect(output.standardError.contains("127.0.0.1:9"), "\(output.transcript)")
        // Where no progress is shown, warnings say now and then what is waited for.
        let lines = output.standardError.split(separator: "\n")
        #expect(lines.last?.hasPrefix("error: ") == true, "\(output.transcript)")
        #expect((2...10).contains(lines.count), "\(output.transcript)")
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("warning: attempt ") }, "\(output.transcript)")
    }

    @Test("who asks how things are is told at once that the server is not there")
    func noStatus() async throws {
        let nix = try NixSandbox()
        let token = try nix.root.file("token", String(repeating: "x", count: 40))
        let status = ["status", "--server-url", "http://127.0.0.1:9", "--auth-token-path", token]
        let output = try await nix.command(["timeout", "--preserve-status", "20", Programs.niks3] + status).run()
        #expect(output.status == 1)
        #expect(output.standardError.hasPrefix("error: "), "\(output.transcript)")
        #expect(output.standardError.split(separator: "\n").count == 1, "\(output.transcript)")
    }

    @Test(
        "a full disk is an error that says so, and nothing is half visible",
        .enabled(if: getuid() == 0, "mounting a small file system takes root"))
    func fullDisk() async throws {
        let nix = try NixSandbox()
        let path = try await nix.buildIncompressible()
        let data = try nix.root.directory("small-disk")
        try await nix.command(["mount", "-t", "tmpfs", "-o", "size=24m", "none", data]).succeed()
        do {
            try await RunningServer.run(for: nix, on: .directory(data)) { server in
                let output = try await nix.push([path], to: server).run()
                #expect(output.status == 1)
                #expect(output.standardError.contains("space"), "\(output.transcript)")
                #expect(try await server.storage.objects().filter { $0.hasSuffix(".narinfo") }.isEmpty)
                // The server has survived it.
                _ = try await server.get("/health")
            }
        } catch {
            try await nix.command(["umount", "--lazy", data]).succeed()
            throw error
        }
        try await nix.command(["umount", "--lazy", data]).succeed()
    }
}

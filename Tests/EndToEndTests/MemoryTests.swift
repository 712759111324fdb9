import Foundation
import S3Kit
import Synchronization
import Testing

extension EndToEnd {
    /// Memory is bounded whatever is pushed.
    @Suite(.serialized)
    struct Memory {
        /// The most memory a running process has had resident, in KiB, or nil when it is gone.
        private static func peak(of processID: Int32) -> Int? {
            guard let status = try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8),
                let match = status.firstMatch(of: /VmHWM:\s*([0-9]+) kB/)
            else { return nil }
            return Int(match.1)
        }

        @Test("a push of one 4 GB file stays under 160 MiB in client and server")
        func hugeFile() async throws {
            let nix = try NixSandbox()
            // 4.5 GB in all, of which 512 MiB do not compress: enough for many parts, without filling a disk.
            let path = try await nix.build(
                """
                mk "huge" ''
                  mkdir $out
                  head -c 536870912 /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000000 \\
                    -iv 00000000000000000000000000000000 > $out/data
                  truncate -s 4500000000 $out/data
                ''
                """)
            try await RunningServer.run(for: nix, on: .directory(nix.root.path + "/server")) { server in
                let clientPeak = Mutex(0)
                let output = try await nix.push([path], to: server).run { processID in
                    while let peak = Self.peak(of: processID) {
                        clientPeak.withLock { $0 = max($0, peak) }
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(output.status == 0, "\(output.transcript)")
                let serverPeak = try #require(Self.peak(of: server.processID))
                let client = clientPeak.withLock { $0 }
                #expect(client > 0 && client < 160 << 10, "the client had \(client) KiB resident")
                #expect(serverPeak < 160 << 10, "the server had \(serverPeak) KiB resident")
            }
        }

        @Test("slow readers of a NAR do not make the server hold it")
        func slowReaders() async throws {
            let nix = try NixSandbox()
            let storage = try await ServiceStorage(for: nix)
            let key = SampleClosure(narSize: 1).narKey
            let chunk = [UInt8](repeating: 7, count: 1 << 20)
            try await storage.bucket.client.put(
                streaming: {
                    AsyncThrowingStream<[UInt8], any Error> { continuation in
                        for _ in 0..<64 { continuation.yield(chunk) }
                        continuation.finish()
                    }
                }, length: 64 << 20, to: key)
            try await RunningServer.run(for: nix, on: .services(storage)) { server in
                try await withThrowingTaskGroup(of: CommandOutput.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try await nix.command([
                                "curl", "--silent", "--limit-rate", "2M", "--max-time", "5", "--output", "/dev/null",
                                "--write-out", "%{http_code} %{size_download}", "\(server.url)/\(key)",
                            ]).run()
                        }
                    }
                    for try await reader in group {
                        // It gives up in the middle, for lack of time.
                        #expect(reader.status == 28, "\(reader.transcript)")
                        let size = try #require(reader.line.split(separator: " ").last.flatMap { Int($0) })
                        #expect(reader.line.hasPrefix("200 ") && size > 1_000_000, "\(reader.transcript)")
                    }
                }
                let peak = try #require(Self.peak(of: server.processID))
                #expect(peak < 160 << 10, "the server had \(peak) KiB resident")
            }
        }
    }
}

import Foundation
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
    }
}

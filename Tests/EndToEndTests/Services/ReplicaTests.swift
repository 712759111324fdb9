import Foundation
import TestServices
import Testing

extension EndToEnd {
    /// Several servers on one database and one bucket.
    @Suite(.serialized)
    struct Replicas {
        private static let pushCount = 64

        /// Builds 64 roots, each of which refers to 9 of 24 others: one of 11 MB, which is sent in parts, and small ones.
        private func buildOverlapping(_ nix: NixSandbox) async throws -> [String] {
            try nix.root.file(
                "overlapping.nix",
                NixSandbox.prelude + """
                    let names = prefix: count: builtins.genList (i: prefix + toString i) count;
                    in shell { outputs = names "part" 24 ++ names "root" \(Self.pushCount); } "overlapping" ''
                      for i in $(seq 0 23); do
                        eval "path=\\$part$i"
                        size=20000; if [ $i = 0 ]; then size=11000000; fi
                        head -c $size /dev/zero | openssl enc -aes-128-ctr -K $(printf %032d $i) \\
                          -iv 00000000000000000000000000000000 > $path
                      done
                      for i in $(seq 0 \(Self.pushCount - 1)); do
                        eval "path=\\$root$i"
                        for k in 0 1 2 3 4 5 6 7 8; do
                          eval "echo \\$part$(( k == 0 ? 0 : (i * 7 + k * 5) % 24 )) >> $path"
                        done
                        echo $i >> $path
                      done
                    ''
                    """)
            // The part after the mark names the first output only.
            let derivation = try await nix.command(["nix-instantiate", "overlapping.nix"]).succeed().line
                .prefix { $0 != "!" }
            let outputs = try await nix.command(["nix-store", "--realise", String(derivation)]).succeed().line
            return outputs.split(separator: "\n").map(String.init).filter { $0.contains("-root") }
        }

        @Test("64 pushes at once of overlapping closures to three servers that start at once on an empty database")
        func manyPushes() async throws {
            let nix = try NixSandbox()
            let roots = try await buildOverlapping(nix)
            #expect(roots.count == Self.pushCount)
            let storage = try await ServiceStorage(for: nix)
            try await RunningServer.runReplicas(3, for: nix, on: .services(storage)) { servers in
                try await withThrowingTaskGroup(of: CommandOutput.self) { group in
                    for (index, root) in roots.enumerated() {
                        let push = nix.push([root], to: servers[index % servers.count])
                        group.addTask { try await push.run() }
                    }
                    for try await pushed in group { #expect(pushed.status == 0, "\(pushed.transcript)") }
                }
                for (index, root) in roots.enumerated() {
                    // Not the server that it was pushed to.
                    let closure = try await servers[(index + 1) % servers.count]
                        .call("GET", "/api/closures/\(try root.narInfoKey)")
                    #expect(closure.status == 200, "\(root): \(closure.text)")
                }
                try await expectTidy(storage)
                let store = try FetchedStore(beside: nix)
                let fetched = try await store.fetch(
                    roots, from: servers[0].url, trusting: try await servers[0].publicKey())
                #expect(fetched.status == 0, "\(fetched.transcript)")
                try await store.verify()
            }
        }

        /// Each path is stored once, nothing is left of uploads, and the database had no deadlock to resolve.
        private func expectTidy(_ storage: ServiceStorage) async throws {
            let keys = try await storage.bucket.keys()
            #expect(keys.count { $0.hasPrefix("nar/") } == 24 + Self.pushCount)
            #expect(keys.count { $0.hasSuffix(".narinfo") } == 24 + Self.pushCount)
            #expect(keys.filter { $0.hasPrefix("pending/") } == [])
            #expect(try await storage.bucket.unfinishedUploads() == [])
            let deadlocks = try await PostgresService.shared.run(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
                connection: storage.database)
            #expect(deadlocks == "0")
        }
    }
}

import Foundation
import NarKit
import TestServices
import Testing

extension EndToEnd {
    /// Collections beside pushes, and collections that die, with real servers.
    @Suite(.serialized)
    struct Collections {
        /// Times that let a test see the end of each.
        private static let shortTimes = ["NIKS3_UNSAFE_LIFECYCLE_TIMES": "U=20s,W=24s,L=2s,D=6s,heartbeat=4s"]
        private static let rootCount = 30

        /// Builds small roots, each of which refers to 6 of 18 others.
        private func buildOverlapping(_ nix: NixSandbox) async throws -> [String] {
            try nix.root.file(
                "collected.nix",
                NixSandbox.prelude + """
                    let names = prefix: count: builtins.genList (i: prefix + toString i) count;
                    in shell { outputs = names "part" 18 ++ names "root" \(Self.rootCount); } "collected" ''
                      for i in $(seq 0 17); do
                        eval "path=\\$part$i"
                        seq $i 2000 > $path
                      done
                      for i in $(seq 0 \(Self.rootCount - 1)); do
                        eval "path=\\$root$i"
                        for k in 0 1 2 3 4 5; do eval "echo \\$part$(( (i * 7 + k * 5) % 18 )) >> $path"; done
                        echo $i >> $path
                      done
                    ''
                    """)
            let derivation = try await nix.command(["nix-instantiate", "collected.nix"]).succeed().line
                .prefix { $0 != "!" }
            let outputs = try await nix.command(["nix-store", "--realise", String(derivation)]).succeed().line
            return outputs.split(separator: "\n").map(String.init).filter { $0.contains("-root") }
        }

        @Test("20 writers push to three servers for a minute while a collection runs every second: nothing breaks")
        func writersAndCollections() async throws {
            let nix = try NixSandbox()
            let roots = try await buildOverlapping(nix)
            #expect(roots.count == Self.rootCount)
            let storage = try await ServiceStorage(for: nix)
            try await RunningServer.runReplicas(
                3, for: nix, on: .services(storage), environment: Self.shortTimes
            ) { servers in
                let end = ContinuousClock.now + .seconds(60)
                let pushes = try await withThrowingTaskGroup(of: Int.self) { group in
                    for writer in 0..<20 {
                        group.addTask { try await self.write(roots, writer, nix, servers, until: end) }
                    }
                    group.addTask {
                        try await self.collect(servers, until: end)
                        return 0
                    }
                    return try await group.reduce(0, +)
                }
                #expect(pushes >= 40)
                try await expectCommittedClosuresWhole(roots, nix, servers, storage)
                try await expectOnlyWhatIsKnown(nix, servers[0], storage)
            }
        }

        /// One writer: pushes a few roots at a time, to one server after the other.
        /// - Returns: how many pushes succeeded. Each has to.
        private func write(
            _ roots: [String], _ writer: Int, _ nix: NixSandbox, _ servers: [RunningServer],
            until end: ContinuousClock.Instant
        ) async throws -> Int {
            var count = 0
            while ContinuousClock.now < end {
                let first = (writer * 11 + count * 7) % roots.count
                let some = (0..<3).map { roots[(first + $0 * 5) % roots.count] }
                let output = try await nix.push(some, to: servers[(writer + count) % servers.count]).run()
                #expect(output.status == 0, "\(output.transcript)")
                count += 1
            }
            return count
        }

        /// A collection each second, every third with force.
        private func collect(_ servers: [RunningServer], until end: ContinuousClock.Instant) async throws {
            var count = 0
            while ContinuousClock.now < end {
                let force = count % 3 == 2 ? "&force=true" : ""
                let answer = try await servers[count % servers.count].call(
                    "DELETE", "/api/closures?older-than=8s&failed-uploads-older-than=20s\(force)")
                #expect(answer.status == 202 || answer.status == 409, "\(answer.text)")
                count += 1
                try await Task.sleep(for: .seconds(1))
            }
            try await waitForEnd(of: servers[0])
        }

        /// Waits until no collection runs.
        private func waitForEnd(of server: RunningServer) async throws {
            _ = try await eventually("the end of the collection") {
                try await server.call("GET", "/api/gc/status").text.contains(#""state":"running""#) ? nil : true
            }
        }

        /// Nix fetches every closure that the database lists.
        private func expectCommittedClosuresWhole(
            _ roots: [String], _ nix: NixSandbox, _ servers: [RunningServer], _ storage: ServiceStorage
        ) async throws {
            let rows = try await PostgresService.shared.run(
                "SELECT key FROM niks3.closures", connection: storage.database)
            let keys = Set(rows.split(separator: "\n").map(String.init))
            let committed = try roots.filter { keys.contains(try $0.narInfoKey) }
            #expect(committed.count == keys.count)
            #expect(!committed.isEmpty)
            let store = try FetchedStore(beside: nix)
            let fetched = try await store.fetch(
                committed, from: servers[0].url, trusting: try await servers[0].publicKey())
            #expect(fetched.status == 0, "\(fetched.transcript)")
            try await store.verify()
        }

        /// After a last collection, with nothing under way, the bucket holds what the database says and no more.
        private func expectOnlyWhatIsKnown(
            _ nix: NixSandbox, _ server: RunningServer, _ storage: ServiceStorage
        ) async throws {
            for _ in 0..<2 {
                // Until no request of a client can come any more.
                try await Task.sleep(for: .seconds(25))
                let answer = try await server.call(
                    "DELETE", "/api/closures?older-than=720h&failed-uploads-older-than=0s")
                #expect(answer.status == 202, "\(answer.text)")
                try await waitForEnd(of: server)
            }
            let rows = try await PostgresService.shared.run(
                "SELECT key || ' ' || state FROM niks3.objects ORDER BY key COLLATE \"C\"", connection: storage.database
            )
            let keys = try await storage.bucket.keys().filter { $0 != "nix-cache-info" }.sorted()
            #expect(keys.map { $0 + " 1" } == rows.split(separator: "\n").map(String.init))
            #expect(try await storage.bucket.unfinishedUploads() == [])
            let checked = try await nix.command(
                [Programs.server, "fsck", "--deep"] + storage.arguments, adding: Self.shortTimes
            ).run()
            #expect(checked.status == 0, "\(checked.transcript)")
        }

        @Test(
            "a server killed at random moments of collections loses nothing",
            arguments: [(Deployment.services, 50), (.embedded, 25)])
        func killedCollections(on deployment: Deployment, times: Int) async throws {
            let nix = try NixSandbox()
            let roots = try await buildOverlapping(nix)
            let storage = try await deployment.storage(for: nix)
            let kept = roots[0]
            // A run that gives no sign of life for a second is taken over.
            let environment = ["NIKS3_UNSAFE_LIFECYCLE_TIMES": "U=20s,W=24s,L=2s,D=4s,heartbeat=1s"]
            for round in 0..<times {
                let others = (0..<3).map { roots[1 + (round * 3 + $0) % (roots.count - 1)] }
                try await RunningServer.run(for: nix, on: storage, environment: environment) { server in
                    try await nix.push([kept] + others, to: server).succeed()
                    try await server.pin(kept)
                    try await server.beginCollection()
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...150)))
                    server.signal(SIGKILL)
                }
            }
            try await RunningServer.run(for: nix, on: storage, environment: environment) { server in
                try await server.beginCollection()
                try await self.waitForEnd(of: server)
                let status = try await server.call("GET", "/api/gc/status")
                #expect(status.text.contains(#""state":"succeeded""#), "\(status.text)")
                try await nix.expectWhole(kept, in: server)
                for root in roots.dropFirst() {
                    #expect(try await server.call("GET", "/api/closures/\(try root.narInfoKey)").status == 404)
                }
            }
        }
    }
}

extension RunningServer {
    /// Gives a path a name, which keeps it.
    fileprivate func pin(_ path: String) async throws {
        let answer = try await call("POST", "/api/pins/kept", json: #"{"store_path":"\#(path)"}"#)
        #expect(answer.status == 204, "\(answer.text)")
    }

    /// Begins a collection of all that is not pinned, as soon as the one that another server began is over.
    fileprivate func beginCollection() async throws {
        let before = try await call("GET", "/api/gc/status").text
        _ = try await eventually("a collection that begins") {
            let answer = try await call(
                "DELETE", "/api/closures?older-than=0s&failed-uploads-older-than=0s&force=true")
            let hasBegun = answer.status == 202 && answer.text != before && !answer.text.contains(#""state":"failed""#)
            return hasBegun ? true : nil
        }
    }
}

import CurlKit
import Foundation
import NarKit
import S3Kit
import TestServices
import Testing

extension EndToEnd {
    /// A server that is filled from other caches, with real Nix as its reader.
    @Suite(.serialized)
    struct PullThroughs {
        private static let expression = """
            let
              library = mk "library" "mkdir -p $out/lib; seq 10000 > $out/lib/numbers; echo $out > $out/self";
              noise = mk "noise" ''
                  mkdir $out
                  head -c 12000000 /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000001 \\
                    -iv 00000000000000000000000000000000 > $out/data
                '';
            in mk "program" "mkdir $out; ln -s ${library} $out/library; ln -s ${noise} $out/noise"
            """

        private func flags(_ upstream: String, _ key: String) -> [String] {
            ["--pull-through-upstream", upstream, "--trusted-key", key]
        }

        /// Fetches with Nix into an empty store.
        private func fetch(
            _ path: String, _ nix: NixSandbox, from server: RunningServer, trusting key: String
        ) async throws -> CommandOutput {
            let store = try FetchedStore(beside: nix)
            let fetched = try await store.fetch([path], from: server.url, trusting: key)
            if fetched.status == 0 { try await store.verify() }
            return fetched
        }

        /// What became of reading a narinfo.
        private func cacheStatus(_ path: String, of server: RunningServer) async throws -> String? {
            try await Web.send("GET", "\(server.url)/\(try path.narInfoKey)").headers["X-Cache-Status"]
        }

        /// Waits until a narinfo is served from the bucket.
        private func expectStored(_ paths: [String], in storage: ServerStorage) async throws {
            for path in paths {
                let name = try path.narInfoKey
                _ = try await eventually("\(name) in the bucket") {
                    try await storage.objects().contains { ($0 as NSString).lastPathComponent == name } ? true : nil
                }
            }
        }

        @Test("another niks3 fills it, and is not needed any more", arguments: Deployment.allCases)
        func anotherServer(deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(Self.expression)
            let storage = try await deployment.storage(for: nix)
            let upstream = ServerStorage.directory(nix.root.path + "/upstream")
            let closure = try await nix.closure(of: path)
            let key = try await RunningServer.run(for: nix, on: upstream) { upstream in
                try await nix.push([path], to: upstream).succeed()
                let key = try await upstream.publicKey()
                try await RunningServer.run(
                    for: nix, on: storage, arguments: flags(upstream.url, key)
                ) { server in
                    let fetched = try await fetch(path, nix, from: server, trusting: key)
                    #expect(fetched.status == 0, "\(fetched.transcript)")
                    try await expectStored(closure, in: storage)
                }
                return key
            }
            // The upstream is gone.
            try await RunningServer.run(for: nix, on: storage, arguments: flags("http://127.0.0.1:1", key)) { server in
                let fetched = try await fetch(path, nix, from: server, trusting: key)
                #expect(fetched.status == 0, "\(fetched.transcript)")
                #expect(try await cacheStatus(path, of: server) == "HIT")
                // Its own key has signed nothing of it, and a push makes it whole and ours.
                let untrusted = try await fetch(path, nix, from: server, trusting: try await server.publicKey())
                #expect(untrusted.status != 0)
                try await nix.push([path], to: server).succeed()
            }
            let checked = try await nix.command(
                [Programs.server, "fsck", "--deep", "--trusted-public-key", key] + storage.arguments
            ).run()
            #expect(checked.status == 0, "\(checked.transcript)")
        }

        /// A bucket that `nix copy` has filled: xz, named by FileHash.
        @Test("a bucket that other tools wrote fills it")
        func foreignBucket() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(Self.expression)
            let (bucket, key) = try await publicBucket(with: path, of: nix)
            let storage = ServerStorage.directory(nix.root.path + "/server")
            try await RunningServer.run(for: nix, on: storage, arguments: flags(bucket.url, key)) { server in
                let fetched = try await fetch(path, nix, from: server, trusting: key)
                #expect(fetched.status == 0, "\(fetched.transcript)")
                for object in try await bucket.keys() where object.hasSuffix(".narinfo") || object.hasPrefix("nar/") {
                    let response = try await Web.send("GET", "\(server.url)/\(object)")
                    #expect(response.headers["X-Cache-Status"] == "HIT")
                    let original = try await Web.send("GET", "\(bucket.url)/\(object)")
                    #expect(response.body == original.body)
                }
                let absent = String(repeating: "0", count: 32) + ".narinfo"
                for status in ["MISS", "NEGATIVE"] {
                    let response = try await Web.send("GET", "\(server.url)/\(absent)")
                    #expect(response.status == 404)
                    #expect(response.headers["X-Cache-Status"] == status)
                }
            }
        }

        /// Puts what `nix copy` makes of a path into a bucket that anybody may read.
        private func publicBucket(with path: String, of nix: NixSandbox) async throws -> (Bucket, key: String) {
            let bucket = try await Bucket(of: .shared)
            let secret = try await nix.command(["nix", "key", "generate-secret", "--key-name", "other-1"]).succeed()
                .line
            let keyPath = try nix.root.file("other-key", secret)
            let cache = nix.root.path + "/other-cache"
            try await nix.command(["nix", "copy", "--to", "file://\(cache)?secret-key=\(keyPath)", path]).succeed()
            let files = try #require(FileManager.default.enumerator(atPath: cache))
            for case let name as String in Array(files) where name.contains(".") {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: cache + "/" + name)))
                try await bucket.client.put(bytes, to: name)
            }
            try await bucket.setPolicy(
                """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
                "Resource":"arn:aws:s3:::\(bucket.name)/*"}]}
                """)
            let key = try await nix.command(["sh", "-c", "nix key convert-secret-to-public < \(keyPath)"]).succeed()
                .line
            return (bucket, key)
        }

        @Test("an upstream that breaks off, lies or has another key gives nothing that stays")
        func brokenUpstream() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(Self.expression)
            let upstream = ServerStorage.directory(nix.root.path + "/upstream")
            let storage = ServerStorage.directory(nix.root.path + "/server")
            try await RunningServer.run(for: nix, on: upstream) { upstream in
                try await nix.push([path], to: upstream).succeed()
                let key = try await upstream.publicKey()
                try await FaultProxy.run(to: upstream.port) { proxy in
                    let other = try SecretKey.generate(name: "other-1").publicKey.description
                    try await RunningServer.run(for: nix, on: storage, arguments: flags(proxy.url, other)) { server in
                        let fetched = try await fetch(path, nix, from: server, trusting: key)
                        #expect(fetched.status != 0, "\(fetched.transcript)")
                        #expect(server.log.contains("no trusted key has signed it"))
                    }
                    try await RunningServer.run(for: nix, on: storage, arguments: flags(proxy.url, key)) { server in
                        let faults: [Fault] = [
                            .truncateReply(afterBytes: 5000),
                            .answer(status: 200, contentType: "application/x-nix-nar", body: "no NAR"),
                        ]
                        for fault in faults {
                            proxy.setRules(FaultRule(fault) { $0.target.hasPrefix("/nar/") })
                            let fetched = try await fetch(path, nix, from: server, trusting: key)
                            #expect(fetched.status != 0, "\(fetched.transcript)")
                            #expect(try await storage.objects().filter { !$0.hasPrefix("nix-cache") } == [])
                        }
                        proxy.setRules(FaultRule(.delay(.milliseconds(500))) { _ in true })
                        let fetched = try await fetch(path, nix, from: server, trusting: key)
                        #expect(fetched.status == 0, "\(fetched.transcript)")
                        try await expectStored(try await nix.closure(of: path), in: storage)
                    }
                }
            }
        }

        @Test("a NAR of 1 GB passes with flat memory")
        func memory() async throws {
            let nix = try NixSandbox()
            let path = try await nix.build(
                """
                mk "huge" ''
                  mkdir $out
                  head -c 1000000000 /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000002 \\
                    -iv 00000000000000000000000000000000 > $out/data
                ''
                """)
            let upstream = ServerStorage.directory(nix.root.path + "/upstream")
            let storage = ServerStorage.directory(nix.root.path + "/server")
            try await RunningServer.run(for: nix, on: upstream) { upstream in
                try await nix.push([path], to: upstream, flags: ["--compression-level", "1"]).succeed()
                let key = try await upstream.publicKey()
                try await RunningServer.run(for: nix, on: storage, arguments: flags(upstream.url, key)) { server in
                    let narInfo = try await Web.send("GET", "\(server.url)/\(try path.narInfoKey)")
                    let url = try NarInfo(
                        parsing: narInfo.body, storeDirectory: try StoreDirectory(nix.storeDirectory)
                    ).url
                    try await Command(
                        words: ["curl", "--silent", "--fail", "--output", "/dev/null", "\(server.url)/\(url)"],
                        environment: ["PATH": "/usr/bin:/bin"]
                    ).succeed()
                    try await expectStored([path], in: storage)
                    let status = try String(contentsOfFile: "/proc/\(server.processID)/status", encoding: .utf8)
                    let peak = try #require(status.firstMatch(of: /VmHWM:\s*([0-9]+) kB/)).1
                    #expect((Int(peak) ?? .max) < 200 << 10, "\(peak) KiB")
                }
            }
        }
    }
}

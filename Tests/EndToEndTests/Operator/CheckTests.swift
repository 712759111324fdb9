import Foundation
import NarKit
import S3Kit
import TestServices
import Testing

extension EndToEnd {
    /// `niks3-server fsck` and `gc` on what a server keeps.
    @Suite(.serialized)
    struct Checks {
        private static let times = ["NIKS3_UNSAFE_LIFECYCLE_TIMES": "L=2s,D=3s"]

        private func command(_ words: [String], _ nix: NixSandbox, _ storage: ServerStorage) -> Command {
            nix.command([Programs.server] + words + storage.arguments, adding: Self.times)
        }

        @Test(
            "a lost NAR is found, repaired by the next push, and the exit status says so",
            arguments: Deployment.allCases)
        func lostNar(on deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let storage = try await deployment.storage(for: nix)
            let path = try await nix.build(
                #"mk "top" "echo ${mk "library" "mkdir $out; echo 42 > $out/answer"} > $out""#)
            try await RunningServer.run(for: nix, on: storage) { server in
                _ = try await nix.push([path], to: server).succeed()
            }
            #expect(try await command(["fsck", "--deep"], nix, storage).run().status == 0)
            let nar = try #require(try await storage.objects().first { $0.contains(".nar.zst") })
            try await storage.remove(nar)

            let checked = try await command(["fsck", "--json"], nix, storage).run()
            #expect(checked.status == 1, "\(checked.transcript)")
            struct Finding: Decodable { let kind: String, key: String, repaired: Bool }
            let lines = checked.line.split(separator: "\n")
            let finding = try JSONDecoder().decode(Finding.self, from: Data(lines[0].utf8))
            #expect(finding.kind == "lost")
            #expect(finding.key.hasSuffix((nar as NSString).lastPathComponent))
            #expect(!finding.repaired)
            #expect(lines.count == 2)
            #expect(lines[1].hasPrefix(#"{"summary":{"#) && lines[1].contains(#""damaged":1"#), "\(checked.transcript)")

            let file = nix.root.path + "/position"
            let repaired = try await command(["fsck", "--repair", "--resume", file], nix, storage).run()
            #expect(repaired.status == 1, "\(repaired.transcript)")
            #expect(repaired.standardOutput.contains("the bucket has no such object (repaired)\n"))
            #expect(repaired.standardOutput.contains("incomplete "))
            #expect(!FileManager.default.fileExists(atPath: file))

            try await RunningServer.run(for: nix, on: storage) { server in
                try await nix.push([path], to: server, flags: ["--verify-s3-integrity"]).succeed()
                try await nix.expectWhole(path, in: server)
            }
            let after = try await command(["fsck", "--deep", "--resume", file], nix, storage).run()
            #expect(after.status == 0, "\(after.transcript)")
        }

        @Test("a collection without a client", arguments: Deployment.allCases)
        func collection(on deployment: Deployment) async throws {
            let nix = try NixSandbox()
            let storage = try await deployment.storage(for: nix)
            let path = try await nix.build(#"mk "old" "echo old > $out""#)
            try await RunningServer.run(for: nix, on: storage, environment: Self.times) { server in
                _ = try await nix.push([path], to: server).succeed()
                let during = try await command(["gc", "--older-than", "720h"], nix, storage).run()
                switch deployment {
                case .embedded:
                    #expect(during.status == 1)
                    #expect(
                        during.standardError.hasSuffix(
                            "a server runs on the data directory \(nix.root.path)/server; have it collect, with niks3 gc\n"
                        ))
                case .services:
                    #expect(during.status == 0, "\(during.transcript)")
                    try await nix.expectWhole(path, in: server)
                }
            }
            let all = ["gc", "--older-than", "0s", "--failed-uploads-older-than", "0s"]
            let planned = try await command(all + ["--dry-run"], nix, storage).succeed()
            #expect(planned.line.hasPrefix("closures to delete: 1, uploads to give up: 0, "), "\(planned.transcript)")
            #expect(try await storage.objects().contains { $0.hasSuffix(".narinfo") })
            // A narinfo may be written again for two minutes after it was published; here it is for three seconds.
            let left = try await eventually("the end of all objects") {
                let collected = try await command(all + ["--force", "--json"], nix, storage).succeed()
                #expect(collected.line.hasPrefix("{") && collected.line.contains(#""state":"succeeded""#))
                let left = try await storage.objects()
                return left.isEmpty ? left : nil
            }
            #expect(left == [])
            #expect(try await command(["fsck"], nix, storage).run().status == 0)
        }

        @Test("what cannot be meant is refused with the status of wrong usage")
        func usage() async throws {
            let nix = try NixSandbox()
            let directory = ["--data-dir", nix.root.path + "/none"]
            let table: [([String], Int, String)] = [
                (["import"], 2, "give either --from-bucket or --from-database"),
                (
                    ["import", "--from-bucket", "--from-database", "x"], 2,
                    "give either --from-bucket or --from-database"
                ),
                (["import", "--from-database", "x"], 2, "--from-database needs --db and the bucket"),
                (["import", "--from-bucket", "--wait"], 2, "--wait goes with --from-database only"),
                (["gc", "--older-than", "x"], 2, "--older-than x: write how old, as in 720h or 30d"),
                (["fsck", "--trusted-public-key", "x"], 2, "--trusted-public-key x: "),
                (["fsck", "--nonsense"], 2, "Unknown option '--nonsense'"),
                (["fsck"], 1, "there is no cache in the directory \(nix.root.path)/none; give --data-dir, or --db"),
                (["fsck", "--db", "x"], 2, "--db needs --s3-endpoint too"),
            ]
            for (words, status, message) in table {
                let storage = words.contains("--db") ? [] : directory
                let output = try await nix.command([Programs.server] + words + storage).run()
                #expect(output.status == status, "\(output.transcript)")
                #expect(output.standardError.contains(message), "\(output.transcript)")
            }
            for command in ["gc", "fsck", "import"] {
                let help = try await nix.command([Programs.server, command, "--help"]).succeed()
                #expect(help.standardOutput.contains("USAGE: niks3-server \(command) "), "\(help.transcript)")
            }
        }
    }
}

extension ServerStorage {
    /// Takes an object away behind the server's back.
    fileprivate func remove(_ name: String) async throws {
        switch self {
        case .directory(let path), .home(let path):
            try FileManager.default.removeItem(atPath: path + "/" + name)
        case .services(let services):
            try await services.bucket.client.delete(name)
        }
    }
}

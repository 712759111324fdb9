import Foundation
import NarKit
import S3Kit
import TestServices
import Testing

extension EndToEnd {
    /// What lies in a bucket already is taken over, and real Nix fetches it.
    @Suite(.serialized)
    struct Imports {
        /// How `nix copy` writes into a cache.
        struct Layout: Sendable, CustomTestStringConvertible {
            var compression: String
            /// Whether the narinfos are compressed with zstd, as other servers keep them.
            var hasCompressedNarInfos = false

            var testDescription: String { "\(compression)\(hasCompressedNarInfos ? ", zstd narinfos" : "")" }
        }

        /// Copies closures into a directory with real Nix, and what is there into a bucket.
        private func fill(
            _ bucket: Bucket, with paths: [String], of nix: NixSandbox, _ layout: Layout
        ) async throws {
            let directory = nix.root.path + "/copy"
            try await nix.command(
                ["nix", "copy", "--to", "file://\(directory)?compression=\(layout.compression)"] + paths
            ).succeed()
            for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
                let file = directory + "/" + name
                guard
                    try FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType == .typeRegular
                else { continue }
                var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
                var options = S3PutOptions()
                if layout.hasCompressedNarInfos, name.hasSuffix(".narinfo") {
                    bytes = try Compression.compress(bytes, format: .zstd)
                    options.contentEncoding = "zstd"
                }
                _ = try await bucket.client.put(bytes, to: name, options: options)
            }
        }

        @Test(
            "a bucket that nix copy has filled",
            arguments: [
                Layout(compression: "none"), Layout(compression: "xz"),
                Layout(compression: "zstd", hasCompressedNarInfos: true),
            ])
        func bucket(layout: Layout) async throws {
            let nix = try NixSandbox()
            let paths = try await nix.buildChain()
            let storage = try await ServiceStorage(for: nix)
            try await fill(storage.bucket, with: paths, of: nix, layout)
            let before = Set(try await storage.bucket.keys())

            let imported = try await nix.command(
                [Programs.server, "import", "--from-bucket", "--json"] + storage.arguments
            ).succeed()
            #expect(imported.line.contains(#""closures":2"#), "\(imported.transcript)")
            #expect(imported.line.contains(#""narinfos":3"#), "\(imported.transcript)")
            #expect(Set(try await storage.bucket.keys()) == before)
            let again = try await nix.command([Programs.server, "import", "--from-bucket"] + storage.arguments)
                .succeed()
            #expect(
                again.line == "narinfos taken: 0, closures: 0, refused: 0, looked at: 3, there before: 3",
                "\(again.transcript)")

            try await RunningServer.run(for: nix, on: .services(storage)) { server in
                for path in paths { try await nix.expectWhole(path, in: server) }
                // A collection that spares nothing keeps all of it.
                try await nix.command(
                    [Programs.server, "gc", "--force", "--failed-uploads-older-than", "0s"] + storage.arguments
                ).succeed()
                for path in paths { try await nix.expectWhole(path, in: server) }
                let checked = try await nix.command([Programs.server, "fsck", "--deep"] + storage.arguments).succeed()
                #expect(checked.line.contains("3 NARs of "), "\(checked.transcript)")
                #expect(
                    checked.line.hasSuffix(": nothing found, 0 repaired; the cache is sound"), "\(checked.transcript)")
                // Whoever pushes one of the paths finds it there, and adds what nix copy does not write.
                let pushed = try await nix.push([paths[0]], to: server).succeed()
                #expect(pushed.standardError.contains("Pushed 0 paths, 2 already in the cache"), "\(pushed.transcript)")
                for path in paths { try await nix.expectWhole(path, in: server) }
            }
            #expect(before.isSubset(of: try await storage.bucket.keys()))
        }

        @Test("the objects of a data directory whose database was lost")
        func lostDatabase() async throws {
            let nix = try NixSandbox()
            let paths = try await nix.buildChain()
            let directory = nix.root.path + "/server"
            try await RunningServer.run(for: nix, on: .directory(directory)) { server in
                _ = try await nix.push(paths, to: server).succeed()
            }
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: directory + "/niks3.sqlite" + suffix)
            }
            let import_ = nix.command([Programs.server, "import", "--from-bucket", "--data-dir", directory])
            let without = try await import_.run()
            #expect(without.status == 1)
            #expect(
                without.standardError
                    == "niks3-server: there is no cache in the directory \(directory); give --data-dir, or --db\n")
            try await RunningServer.run(for: nix, on: .directory(directory)) { _ in
                let during = try await import_.run()
                #expect(during.status == 1)
                #expect(during.standardError.contains("; stop it, and run niks3-server import again"))
            }
            try await import_.succeed()
            try await RunningServer.run(for: nix, on: .directory(directory)) { server in
                for path in paths { try await nix.expectWhole(path, in: server) }
            }
            try await nix.command([Programs.server, "fsck", "--deep", "--data-dir", directory]).succeed()
        }
    }
}

extension NixSandbox {
    /// Builds two paths that need a third one.
    func buildChain() async throws -> [String] {
        let tops = try await build(
            """
            let library = mk "library" "mkdir $out; echo 42 > $out/answer";
            in shell { outputs = [ "out" "extra" ]; } "tops" ''
              echo ${library} $out > $out
              echo ${library} > $extra
            ''
            """)
        let derivation = try await command(["nix-store", "--query", "--deriver", tops]).succeed().line
        return try await command(["nix-store", "--query", "--outputs", derivation]).succeed().line
            .split(separator: "\n").map(String.init)
    }
}

import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// Closures of every shape go up, and real Nix gets them back.
    @Suite(.serialized)
    struct Closures {
        /// Pushes `paths`, fetches them with real Nix into an empty store that trusts only the server's key, and
        /// compares contents.
        private func roundTrip(
            _ paths: [String], of nix: NixSandbox, through server: RunningServer
        ) async throws -> CommandOutput {
            let pushed = try await nix.push(paths, to: server).succeed()
            let store = try FetchedStore(beside: nix)
            let fetched = try await store.fetch(paths, from: server.url, trusting: try await server.publicKey())
            #expect(fetched.status == 0, "\(fetched.transcript)")
            try await store.verify()
            for path in paths {
                try await nix.command(["diff", "--recursive", "--no-dereference", path, store.location(of: path)])
                    .succeed()
            }
            return pushed
        }

        @Test(
            "a small closure with a self-reference, twice: the second push sends nothing",
            arguments: Deployment.allCases)
        func smallClosureTwice(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                let path = try await nix.build(
                    """
                    let library = mk "library" "mkdir $out; echo 42 > $out/answer; echo built the library";
                    in mk "program" ''
                      mkdir -p $out/bin
                      printf '#!/bin/sh\\ncat ${library}/answer # of %s\\n' "$out" > $out/bin/program
                      chmod +x $out/bin/program
                      ln -s ${library} $out/library
                    ''
                    """)
                _ = try await roundTrip([path], of: nix, through: server)
                #expect(try await nix.closure(of: path).count == 2)

                let stored = try await server.storage.objects()
                let again = try await nix.push([path], to: server).succeed()
                #expect(try await server.storage.objects() == stored, "\(again.transcript)")
                #expect(again.standardError.contains("Nothing to push"), "\(again.transcript)")
            }
        }

        @Test("a link to a result, as nix-build leaves it", arguments: Deployment.allCases)
        func resultLink(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                let path = try await nix.build(#"mk "linked" "mkdir $out; echo linked > $out/file""#)
                try FileManager.default.createSymbolicLink(
                    atPath: nix.root.path + "/result", withDestinationPath: path)
                try await nix.push(["./result"], to: server).succeed()
                let hash = try StorePath(baseName: (path as NSString).lastPathComponent).hashPart
                let narInfo = try await server.get("/\(hash).narinfo")
                #expect(String(decoding: narInfo, as: UTF8.self).hasPrefix("StorePath: \(path)\n"))
            }
        }

        @Test("1,000 tiny paths", arguments: Deployment.allCases)
        func manyPaths(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                try nix.root.file(
                    "tiny.nix",
                    """
                    let tiny = builtins.genList (i: builtins.toFile "tiny-${toString i}" "tiny ${toString i}") 999;
                    in builtins.toFile "all" (builtins.concatStringsSep "\\n" tiny)
                    """)
                let all = try await nix.command(
                    ["nix-instantiate", "--eval", "--read-write-mode", "tiny.nix"]
                ).succeed().line.trimmingCharacters(in: ["\""])
                #expect(try await nix.closure(of: all).count == 1000)
                _ = try await roundTrip([all], of: nix, through: server)
            }
        }

        @Test("a path with 20,000 files")
        func manyFiles() async throws {
            try await Deployment.embedded.run { nix, server in
                let files = try await nix.build(
                    """
                    mk "files" ''
                      mkdir $out; cd $out
                      for i in $(seq 200); do mkdir $i; (cd $i; for j in $(seq 100); do echo $i $j > $j; done); done
                    ''
                    """)
                _ = try await roundTrip([files], of: nix, through: server)
            }
        }

        @Test("a path of 200 MB, sent in parts", arguments: Deployment.allCases)
        func largePath(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                let path = try await nix.build(
                    """
                    mk "large" ''
                      mkdir $out
                      head -c 200000000 /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000000 \\
                        -iv 00000000000000000000000000000000 > $out/data
                    ''
                    """)
                _ = try await roundTrip([path], of: nix, through: server)
            }
        }

        @Test("identical contents under two names are stored once", arguments: Deployment.allCases)
        func identicalContents(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                let one = try await nix.build(#"mk "one" "mkdir $out; seq 100000 > $out/numbers""#, file: "one")
                let two = try await nix.build(#"mk "two" "mkdir $out; seq 100000 > $out/numbers""#, file: "two")
                _ = try await roundTrip([one, two], of: nix, through: server)
                #expect(try await server.storage.objects().count { $0.hasSuffix(".nar.zst") } == 1)
            }
        }

        @Test("a content-addressed path is substituted through its realisation", arguments: Deployment.allCases)
        func contentAddressed(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                let expression = """
                    contentAddressed "addressed" "mkdir $out; echo by content > $out/file"
                    """
                let path = try await nix.build(expression, file: "addressed")
                try await nix.push([path], to: server).succeed()

                let store = try FetchedStore(beside: nix)
                let built = try await store.command([
                    "nix", "build", "--store", "local?root=" + store.root.path, "--no-link", "--file", "addressed.nix",
                    "--option", "substitute", "true", "--option", "substituters", server.url,
                    "--option", "trusted-public-keys", try await server.publicKey(), "--option", "max-jobs", "0",
                ]).run()
                #expect(built.status == 0, "\(built.transcript)")
                let text = try String(contentsOfFile: store.location(of: path) + "/file", encoding: .utf8)
                #expect(text == "by content\n")
            }
        }

        @Test("nix log, nix store ls and nix store cat read from the cache", arguments: Deployment.allCases)
        func logAndListing(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                let path = try await nix.build(
                    #"mk "logged" "echo this is the log; mkdir -p $out/bin; echo hello > $out/bin/greeting""#)
                try await nix.push([path], to: server).succeed()
                let store = try FetchedStore(beside: nix)
                // The local log goes, so that only the cache has it.
                try FileManager.default.removeItem(atPath: nix.root.path + "/var/log/nix/drvs")
                let log = try await store.command(["nix", "log", "--store", server.url, path]).succeed()
                #expect(log.standardOutput.contains("this is the log"))
                let list = try await store.command(
                    ["nix", "store", "ls", "--store", server.url, "--recursive", path]
                ).succeed()
                #expect(list.standardOutput.contains("./bin/greeting"))
                let cat = try await store.command(
                    ["nix", "store", "cat", "--store", server.url, path + "/bin/greeting"]
                ).succeed()
                #expect(cat.standardOutput == "hello\n")
                let hash = try StorePath(baseName: (path as NSString).lastPathComponent).hashPart
                let listing = try await server.get("/\(hash).ls")
                #expect(
                    String(decoding: listing, as: UTF8.self).contains(
                        #""greeting":{"type":"regular","size":6,"narOffset":"#))
            }
        }
    }
}

import CacheClient
import Foundation
import GRDB
import NarKit
import Testing

extension EndToEnd {
    /// The database of a store that real Nix made.
    @Suite(.serialized)
    struct StoreReaders {
        /// A program `nix` that works on the sandbox's store whatever the variables of this process are.
        private func program(of nix: NixSandbox) throws -> String {
            let variables = nix.environment.sorted { $0.key < $1.key }.map { "\($0)='\($1)'" }.joined(separator: " ")
            let path = try nix.root.file("nix-here", "#!/bin/sh\nexec env \(variables) nix \"$@\"\n")
            chmod(path, 0o755)
            return path
        }

        /// Paths of every kind: a library that refers to itself, what needs it, a derivation, a source, and outputs that
        /// are addressed by their contents, one of which was built with the other.
        private func buildSample(_ nix: NixSandbox) async throws -> [StorePath] {
            let input = try await nix.build(
                """
                let library = mk "library" "mkdir $out; echo $out > $out/self";
                in mk "program" "mkdir $out; ln -s ${library} ${builtins.toFile "source" "text"} $out"
                """)
            let addressed = try await nix.build(
                """
                let first = contentAddressed "first" "mkdir $out; echo first > $out/file";
                in contentAddressed "second" "mkdir $out; ln -s ${first} $out/first; ln -s $out $out/self"
                """, file: "addressed")
            let derivation = try await nix.command(["nix-instantiate", "default.nix"]).succeed().line
            let key = try await nix.command(["nix", "key", "generate-secret", "--key-name", "test-1"]).succeed().line
            try nix.root.file("key", key)
            try await nix.command(["nix", "store", "sign", "--key-file", "key", "--recursive", input]).succeed()
            let store = try StoreDirectory(nix.storeDirectory)
            return try [input, addressed, derivation].map { try StorePath(parsing: $0, in: store) }
        }

        @Test("both readers give the same closures and realisations")
        func sameAnswers() async throws {
            let nix = try NixSandbox()
            let roots = try await buildSample(nix)
            let location = try StoreLocation(environment: nix.environment)
            let asked = NixStore(directories: location.directories, program: try program(of: nix))
            let read = DatabaseStore(directories: location.directories)
            for paths in roots.map({ [$0] }) + [roots] {
                let closure = try await asked.closure(of: paths)
                #expect(try await read.closure(of: paths) == closure)
                #expect(try await read.realisations(for: closure) == (try await asked.realisations(for: closure)))
            }
            let closure = try await read.closure(of: roots)
            #expect(closure.contains { !$0.signatures.isEmpty })
            #expect(closure.contains { $0.storePath.isDerivation })
            #expect(try await read.realisations(for: closure).count { !$0.dependentRealisations.isEmpty } == 1)
        }

        @Test("a push starts no nix, also out of a store below another root")
        func withoutNix() async throws {
            try await Deployment.embedded.run { nix, server in
                let path = try await nix.build(
                    #"let a = mk "a" "echo a > $out"; in mk "b" "ln -s ${a} $out""#)
                var push = nix.push([path], to: server)
                push.environment["PATH"] = nix.root.path + "/nowhere"
                try await push.succeed()
                try await nix.expectWhole(path, in: server)

                let other = try await nix.build(#"mk "below" "mkdir $out; seq 1000 > $out/numbers""#, file: "below")
                let root = try nix.root.directory("root")
                try await nix.command(["nix", "copy", "--no-check-sigs", "--to", root, other]).succeed()
                try await nix.command(["nix", "store", "delete", "--ignore-liveness", other]).succeed()
                push = nix.push([other], to: server)
                push.environment["PATH"] = nix.root.path + "/nowhere"
                #expect(try await push.run().status == 1, "it is not in the store itself any more")
                push.environment["NIX_REMOTE"] = "local?root=" + root
                try await push.succeed()
                try await nix.expectWhole(other, in: server)
                push.environment["NIX_REMOTE"] = "daemon"
                push.words += ["--store", root]
                #expect(try await push.succeed().standardError.contains("Nothing to push"))
            }
        }

        @Test(
            "a user who may only read the database does so, and asks nix where that cannot be",
            .enabled(if: getuid() == 0, "becoming another user takes root"))
        func otherUser() async throws {
            try await Deployment.embedded.run { nix, server in
                let path = try await nix.build(#"mk "small" "echo small > $out""#)
                let token = try nix.root.file(
                    "token-of-nobody", try String(contentsOfFile: server.tokenPath, encoding: .utf8))
                for name in [nix.root.path, token] { chmod(name, 0o755) }
                func preview() async throws -> CommandOutput {
                    var push = nix.push(
                        [path], url: server.url, tokenPath: token, flags: ["--dry-run", "--debug", "--no-progress"])
                    push.words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + push.words
                    // Only what the tests were built into has niks3; setpriv is found by its name.
                    push.environment["PATH"] = nix.root.path + "/bin"
                    push.words[0] = "/usr/bin/setpriv"
                    return try await push.run()
                }
                let database = nix.root.path + "/var/db/db.sqlite"
                #expect(!FileManager.default.fileExists(atPath: database + "-wal"))
                let quiet = try await preview()
                #expect(quiet.status == 0 && quiet.standardOutput == path + "\n", "\(quiet.transcript)")

                // A program that has it open leaves a log, whose index a reader has to be able to read.
                let writer = try DatabaseQueue(path: database)
                try await writer.writeWithoutTransaction { connection in
                    try connection.execute(sql: "UPDATE ValidPaths SET registrationTime = registrationTime")
                }
                #expect(FileManager.default.fileExists(atPath: database + "-wal"))
                let open = try await preview()
                #expect(open.status == 0 && open.standardOutput == path + "\n", "\(open.transcript)")

                chmod(database + "-shm", 0o600)
                let hidden = try await preview()
                #expect(hidden.status == 1, "\(hidden.transcript)")
                #expect(hidden.standardError.contains("nix is asked: \(database) cannot be read"))
                #expect(hidden.standardError.contains("There is no program nix in PATH"), "\(hidden.transcript)")
                try writer.close()
            }
        }
    }
}

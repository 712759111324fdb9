import Foundation
import NarKit
import Testing

extension EndToEnd {
    /// `niks3 closures` and what pins keep, as a user sees them.
    @Suite(.serialized)
    struct RetentionCommands {
        @Test("closures are listed, shown and deleted, but not while a pin keeps them", arguments: Deployment.allCases)
        func closures(on deployment: Deployment) async throws {
            try await deployment.run { nix, server in
                func niks3(_ words: [String]) async throws -> CommandOutput {
                    try await nix.command(
                        [Programs.niks3] + words,
                        adding: ["NIKS3_SERVER_URL": server.url, "NIKS3_AUTH_TOKEN_FILE": server.tokenPath]
                    ).run()
                }
                let library = try await nix.build(#"mk "library" "echo 42 > $out""#, file: "library")
                let program = try await nix.build(
                    #"let library = mk "library" "echo 42 > $out"; in mk "program" "ln -s ${library} $out""#)
                try await nix.push([program], to: server).succeed()
                try await nix.push([library], to: server).succeed()

                let all = try await niks3(["closures", "list"])
                #expect(all.status == 0, "\(all.transcript)")
                let paths = all.standardOutput.split(separator: "\n").map { $0.split(separator: "\t")[0] }
                #expect(paths.sorted() == [Substring(library), Substring(program)].sorted())
                let some = try await niks3(["closures", "list", "--search", "PROGRAM", "--json"])
                #expect(some.standardOutput.contains("\"path\":\"\(program)\""), "\(some.transcript)")
                #expect(some.standardOutput.split(separator: "\n").count == 1)

                let shown = try await niks3(["closures", "show", program])
                let hash = try StorePath(baseName: (library as NSString).lastPathComponent).hashPart
                #expect(shown.standardOutput.contains("\n\(hash).narinfo\n"), "\(shown.transcript)")

                #expect(try await niks3(["pins", "create", "stable", program, "--keep", "2"]).status == 0)
                #expect(
                    try await niks3(["pins", "create", "stable", library, "--keep", "2", "--expires", "30d"]).status
                        == 0)
                #expect(try await niks3(["pins", "list"]).standardOutput.contains("\tuntil 2"))
                let refused = try await niks3(["closures", "delete", program])
                #expect(refused.status == 1)
                #expect(refused.standardError.contains("stable"), "\(refused.transcript)")

                // Without --keep the name keeps one closure again.
                #expect(try await niks3(["pins", "create", "stable", library]).status == 0)
                #expect(try await niks3(["closures", "delete", program]).status == 0)
                let gone = try await niks3(["closures", "show", program])
                #expect(gone.status == 1)
                #expect(gone.standardError.contains("has no closure"), "\(gone.transcript)")
                #expect(try await niks3(["closures", "list"]).standardOutput.hasPrefix(library + "\t"))
            }
        }
    }
}

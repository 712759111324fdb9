import CacheCore
import CacheServer
import NarKit
import Testing

@testable import niks3_server

@Suite struct TokensCommandTests {
    private func run(
        _ arguments: [String], _ environment: [String: String] = [:], seconds: Int64 = 1_700_000_000
    ) throws -> ToolOutput {
        try #require(
            try Tools.run(
                arguments, in: ToolSurroundings(environment: environment, now: Timestamp(seconds: seconds))))
    }

    @Test func addListRevoke() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/tokens.json"
            let environment = ["NIKS3_TOKENS_PATH": path]
            let added = try run(["tokens", "add", "ci", "--scope", "write", "-tokens-path", path])
            #expect(added.result.hasPrefix("niks3_"))
            #expect(added.note == "ci may now write; keep the token, it is not shown again\n")
            let second = try run(
                ["tokens", "add", "-scope=read", "--scope", "admin", "ops.1", "--expires-in", "30d"], environment)
            #expect(second.note.hasPrefix("ops.1 may now read, admin, until 2023-12-14T22:13:20Z; "))
            #expect(
                try run(["tokens", "list"], environment).result == """
                    NAME   SCOPES      MADE                  STATE
                    ci     write       2023-11-14T22:13:20Z  valid
                    ops.1  read,admin  2023-11-14T22:13:20Z  until 2023-12-14T22:13:20Z

                    """)
            let revoked = try run(["tokens", "revoke", "ci"], environment)
            #expect(revoked == ToolOutput(result: "", note: "the token ci counts no more\n"))
            #expect(
                try run(["tokens", "list"], environment, seconds: 1_800_000_000).result == """
                    NAME   SCOPES      MADE                  STATE
                    ci     write       2023-11-14T22:13:20Z  revoked 2023-11-14T22:13:20Z
                    ops.1  read,admin  2023-11-14T22:13:20Z  expired 2023-12-14T22:13:20Z

                    """)
            let json = try run(["tokens", "list", "--json"], environment).result
            #expect(try TokenList(parsing: Array(json.utf8), from: "") == TokenFile(path: path).read())
            #expect(!json.contains(added.result.dropLast()))
            // The name is free again.
            #expect(try run(["tokens", "add", "ci", "--scope", "write"], environment).result != added.result)
        }
    }

    @Test(
        arguments: [
            (["tokens", "list"], [:], "say where the tokens are: give --tokens-path, as you do for the server"),
            (
                ["tokens", "list"], ["NIKS3_TOKENS_PATH": "/nowhere"],
                "--tokens-path /nowhere: there is no such file; make it with: niks3-server tokens add"
            ),
            (
                ["tokens", "add", "ci", "--scope", "push", "--tokens-path", "/x"], [:],
                "--scope: there is no scope 'push'; give read, write or admin"
            ),
            (
                ["tokens", "add", "ci", "--tokens-path", "/x"], [:],
                "--scope: there is no scope; give read, write or admin"
            ),
            (
                ["tokens", "add", "ci", "--scope", "read", "--expires-in", "0", "--tokens-path", "/x"], [:],
                "--expires-in: give a duration above zero, as 90d"
            ),
            (["keys", "public"], [:], "name the files of the secret keys"),
            (["keys", "public", "/nowhere"], [:], "/nowhere: there is no such file"),
        ] as [([String], [String: String], String)])
    func refusals(arguments: [String], environment: [String: String], sentence: String) {
        #expect(throws: ConfigurationError(sentence)) { try run(arguments, environment) }
    }

    @Test func namesThatAreTaken() throws {
        try withTemporaryDirectory { directory in
            let environment = ["NIKS3_TOKENS_PATH": directory + "/t"]
            _ = try run(["tokens", "add", "ci", "--scope", "write"], environment)
            let taken = "there is a token 'ci' already; choose another name, or revoke that one first"
            #expect(throws: ConfigurationError(taken)) {
                try run(["tokens", "add", "ci", "--scope", "write"], environment)
            }
            let missing = "there is no token 'x'; list them with: niks3-server tokens list"
            #expect(throws: ConfigurationError(missing)) { try run(["tokens", "revoke", "x"], environment) }
            _ = try run(["tokens", "revoke", "ci"], environment)
            #expect(throws: ConfigurationError("the token 'ci' is revoked already")) {
                try run(["tokens", "revoke", "ci"], environment)
            }
        }
    }

    @Test(arguments: [[], ["--db", "x"], ["push"]])
    func otherCommandLines(arguments: [String]) throws {
        let surroundings = ToolSurroundings(environment: [:], now: Timestamp(seconds: 0))
        #expect(try Tools.run(arguments, in: surroundings) == nil)
    }

    @Test(arguments: [
        ["tokens"], ["tokens", "--help"], ["tokens", "add"], ["tokens", "add", "--help"], ["keys", "x"],
    ])
    func helpAndWrongCalls(arguments: [String]) {
        #expect(throws: (any Error).self) { try run(arguments) }
    }

    @Test func keys() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/key"
            let printed = try run(["keys", "generate", "a.example-1"]).result
            #expect(printed.hasPrefix("a.example-1:"))
            let written = try run(["keys", "generate", "b-1", "--sign-key-path", path]).result
            #expect(written.hasPrefix("b-1:"))
            #expect(try run(["keys", "public", path]).result == written)
            #expect(
                try run(["keys", "public"], ["NIKS3_SIGN_KEY_PATHS": path + " " + path]).result == written + written)
            #expect(
                throws: ConfigurationError("\(path) is there already; choose another file, or move that one away")
            ) { try run(["keys", "generate", "c-1", "--sign-key-path", path]) }
            // What was printed is a secret key that the server takes.
            _ = try SecretFile(path: directory + "/printed").contents { String(printed.dropLast()) }
            #expect(
                try serverSettings(["--sign-key-path", directory + "/printed"]).signingKeys.map(\.name) == [
                    "a.example-1"
                ])
        }
    }
}

import NarKit
import Testing

@testable import CacheClient

@Suite struct NixStoreTests {
    @Test(
        "the reason that nix gives is found",
        arguments: [
            ("warning: a\nerror: path 'x' is not valid\n", "path 'x' is not valid"),
            ("error: one\nwhile doing this\nerror: two.\n  hint", "two"),
            ("something broke.\n", "something broke"), ("", "it gave no reason"),
        ])
    func complaint(text: String, reason: String) {
        #expect(NixCommand.complaint(in: Array(text.utf8)) == reason)
    }

    @Test(
        "the invalid path is found in a reason",
        arguments: [
            ("`nix path-info` failed: path '/nix/store/x' is not valid.", "/nix/store/x"),
            ("`nix path-info` failed: path '/nix/store/x' is fine.", nil), ("nothing", nil),
        ] as [(String, String?)])
    func invalidPath(text: String, path: String?) {
        #expect(NixStore.invalidPath(in: text) == path)
    }

    @Test("long lists of paths are cut so that each part fits on a command line")
    func batches() throws {
        let digits = Array("0123456789abcdfghijklmnpqrsvwxyz")
        let paths = try (0..<5_000).map { index in
            let suffix = String([10, 5, 0].map { digits[index >> $0 & 31] })
            return try StorePath(baseName: String(repeating: "0", count: 29) + suffix + "-a-name-of-usual-length")
        }
        let batches = NixStore().batches(of: paths)
        #expect(batches.flatMap { $0 } == paths.map { $0.path(in: .standard) })
        #expect(batches.allSatisfy { $0.reduce(0) { $0 + $1.utf8.count + 1 } <= 100_000 })
        #expect(batches.count == 4)
        #expect(NixStore().batches(of: []).isEmpty)
    }

    @Test("a missing nix is said, with what to do about it")
    func missingProgram() async throws {
        let store = NixStore(program: "nix-that-is-not-there")
        let path = try storePath("1", "path")
        let error = await #expect(throws: ClientError.self) { try await store.closure(of: [path]) }
        #expect(error?.code == .nixMissing)
        #expect(
            error?.message
                == "There is no program nix-that-is-not-there in PATH: install Nix, or add its bin directory to PATH.")
    }

    @Test("variables move the directories")
    func directories() throws {
        #expect(try NixDirectories(environment: [:]) == NixDirectories())
        let moved = try NixDirectories(
            environment: ["NIX_STORE_DIR": "/a/store", "NIX_STATE_DIR": "/a/var", "NIX_LOG_DIR": "/a/log"])
        #expect(moved == NixDirectories(store: try StoreDirectory("/a/store"), state: "/a/var", logs: "/a/log"))
        #expect(throws: ClientError.self) { try NixDirectories(environment: ["NIX_STORE_DIR": "relative"]) }
        let log = moved.logFiles(of: try storePath("4", "x.drv"))
        #expect(log[0].path == "/a/log/drvs/44/\(String(repeating: "4", count: 30))-x.drv.bz2")
        #expect(log[1].path == "/a/log/drvs/44/\(String(repeating: "4", count: 30))-x.drv")
    }
}

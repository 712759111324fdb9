import CacheClient
import CacheCore
import NarKit
import Testing

@testable import niks3

@Suite struct RetentionArgumentTests {
    private static let now = Timestamp(seconds: 1_000_000)

    @Test(
        "the end of a pin is a time from now, or an instant",
        arguments: [
            ("1h", now + .seconds(3600)), ("30d", now + .seconds(30 * 86_400)), ("2w", now + .seconds(14 * 86_400)),
            ("1970-01-02T00:00:00Z", Timestamp(seconds: 86_400)),
            ("1970-01-02T01:00:00+01:00", Timestamp(seconds: 86_400)),
        ])
    func expiry(text: String, end: Timestamp) throws {
        let words = ["pins", "create", "-expires", text, "a", "/nix/store/x", "--keep=3"]
        let command = try #require(try Niks3.command(from: words) as? PinsCommand.Create)
        #expect(command.expiry?.instant(from: Self.now) == end)
        #expect(command.keep == 3)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            ["pins", "create", "a", "p", "--expires", "-1h"], ["pins", "create", "a", "p", "--expires", "0s"],
            ["pins", "create", "a", "p", "--expires", "soon"], ["pins", "create", "a", "p", "--keep", "0"],
            ["pins", "create", "a", "p", "--keep", "1001"], ["closures", "list", "--limit", "0"],
            ["closures", "delete"], ["closures", "show"], ["watch-store", "--batch-size", "0"],
        ])
    func refused(words: [String]) {
        #expect(throws: (any Error).self) { try Niks3.command(from: words) }
    }

    @Test("a closure is named by its narinfo, its hash, its name in the store or its path")
    func closureArguments() throws {
        let hash = String(repeating: "1", count: 32)
        for text in ["\(hash).narinfo", hash, "\(hash)-hello", "/nix/store/\(hash)-hello/bin"] {
            #expect(try ClosureArgument.key(text, in: NixDirectories()) == "\(hash).narinfo", "\(text)")
        }
        for text in ["/elsewhere/x", "nonsense.narinfo", ""] {
            #expect(throws: ClientError.self) { try ClosureArgument.key(text, in: NixDirectories()) }
        }
    }
}

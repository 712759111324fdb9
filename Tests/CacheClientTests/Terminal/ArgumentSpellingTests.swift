import ClientOptions
import Testing

@testable import niks3

@Suite struct ArgumentSpellingTests {
    @Test(
        "arguments come out as the parser knows them",
        arguments: [
            (["push", "-server-url", "u", "p"], ["push", "--server-url=u", "p"]),
            (["push", "p", "-server-url=u"], ["push", "p", "--server-url=u"]),
            (["-h"], ["-h"]), (["-help"], ["--help"]), (["-version"], ["--version"]),
            (["push", "-debug=true", "p"], ["push", "--debug", "p"]), (["push", "--debug=false", "p"], ["push", "p"]),
            (["push", "-no-progress"], ["push", "--no-progress"]),
            (["push", "--", "-server-url"], ["push", "--", "-server-url"]),
            (["push", "--compression-level", "-5"], ["push", "--compression-level=-5"]),
            (["-", "--"], ["-", "--"]),
        ])
    func normalized(arguments: [String], expected: [String]) throws {
        #expect(try ArgumentSpelling.normalized(arguments) == expected)
    }

    @Test("flags and paths may come in any order")
    func order() throws {
        let words = ["push", "a", "-server-url", "http://x", "b", "--max-concurrent-uploads=4", "-log-format", "json"]
        let command = try #require(try Niks3.command(from: words) as? PushCommand)
        #expect(command.paths == ["a", "b"])
        #expect(command.server.serverURL == "http://x")
        #expect(command.transfer.maxConcurrentUploads == 4)
        #expect(command.transfer.compressionLevel == nil)
        #expect(command.output.logFormat == .json)
    }

    @Test("flags that may be repeated have one value each, and paths may follow")
    func repeated() throws {
        let words = [
            "push", "--skip-upstream", "https://a", "p", "-skip-upstream=https://b", "q", "-on-error", "continue",
        ]
        let command = try #require(try Niks3.command(from: words) as? PushCommand)
        #expect(command.transfer.skippedUpstreams == ["https://a", "https://b"])
        #expect(command.paths == ["p", "q"])
        #expect(command.onError == .continue)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            ["push"], ["push", "--nonsense", "p"], ["push", "--stdin", "p"], ["push", "--stdin", "--json"],
            ["push", "--jobs", "0", "p"], ["push", "--on-error", "ignore", "p"],
            ["push", "--skip-upstream", "ftp://x", "p"], ["push", "--max-concurrent-uploads", "0", "p"],
            ["push", "--compression-level", "20", "p"], ["push", "--client-key", "k", "p"],
            ["push", "--debug=maybe", "p"], ["push", "--oidc", "jenkins", "p"],
            ["push", "--oidc", "github", "--auth-token", "t", "p"],
        ])
    func refused(words: [String]) {
        #expect(throws: (any Error).self) { try Niks3.command(from: words) }
    }
}

import ProgramKit
import Testing

@Suite struct ArgumentNormalizerTests {
    let normalizer = ArgumentNormalizer(booleans: ["debug", "nar-single-put"], switches: ["verbose"])

    @Test(arguments: [
        (["-server-url", "http://a"], ["--server-url=http://a"]),
        (["--server-url", "http://a", "x"], ["--server-url=http://a", "x"]),
        (["-server-url=http://a"], ["--server-url=http://a"]),
        (["--a=b=c"], ["--a=b=c"]),
        (["--a="], ["--a="]),
        (["--token", "-starts-with-a-dash"], ["--token=-starts-with-a-dash"]),
        (["x", "-debug", "y"], ["x", "--debug", "y"]),
        (["--debug=true", "-debug=1"], ["--debug", "--debug"]),
        (["-nar-single-put=false", "--nar-single-put=0"], ["--no-nar-single-put", "--no-nar-single-put"]),
        (["--no-debug", "x"], ["--no-debug", "x"]),
        (["-h"], ["-h"]),
        (["-help", "--version"], ["--help", "--version"]),
        (["a", "--", "-debug=false", "-x"], ["a", "--", "-debug=false", "-x"]),
        (["-"], ["-"]),
        (["-verbose", "x", "--verbose=true"], ["--verbose", "x", "--verbose"]),
        (["--verbose=false", "-verbose=0", "x"], ["x"]),
        (["-10", "---x", "a"], ["-10", "---x", "a"]),
        (["--last"], ["--last"]),
        ([], []),
    ])
    func normalizes(arguments: [String], expected: [String]) throws {
        #expect(try normalizer.normalize(arguments) == expected)
    }

    @Test func refusesOtherValuesOfFlags() {
        #expect(throws: UsageError("--debug=maybe: a flag is true or false")) {
            try normalizer.normalize(["--debug=maybe"])
        }
    }
}

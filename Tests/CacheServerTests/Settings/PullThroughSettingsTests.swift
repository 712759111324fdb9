import CacheServer
import NarKit
import Testing

@testable import niks3_server

/// The settings about other caches.
@Suite struct PullThroughSettingsTests {
    static let key = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="

    @Test func defaults() throws {
        #expect(try serverSettings().pullThrough == nil)
        let settings = try #require(
            try serverSettings(["--pull-through-upstream", "https://cache.nixos.org/"]).pullThrough)
        #expect(settings.upstreams == ["https://cache.nixos.org"])
        #expect(settings.trustedKeys == [])
        #expect(settings.negativeLifetime == .seconds(60))
        #expect(settings.narConcurrency == 16)
        #expect(settings.narInfoConcurrency == 256)
    }

    @Test func flagsAndVariables() throws {
        let flags = try serverSettings([
            "--pull-through-upstream", "https://a.example", "-pull-through-upstream=http://b.example:8080/x",
            "--trusted-key", Self.key, "--pull-through-negative-ttl", "0", "--pull-through-concurrency=1",
            "--pull-through-narinfo-concurrency", "2",
        ])
        let variables = try serverSettings(
            [],
            [
                "NIKS3_PULL_THROUGH_UPSTREAM": "https://a.example http://b.example:8080/x",
                "NIKS3_TRUSTED_KEY": " \(Self.key)\n", "NIKS3_PULL_THROUGH_NEGATIVE_TTL": "0",
                "NIKS3_PULL_THROUGH_CONCURRENCY": "1", "NIKS3_PULL_THROUGH_NARINFO_CONCURRENCY": "2",
            ])
        for settings in [flags, variables] {
            let pull = try #require(settings.pullThrough)
            #expect(pull.upstreams == ["https://a.example", "http://b.example:8080/x"])
            #expect(pull.trustedKeys.map(\.description) == [Self.key])
            #expect(pull.negativeLifetime == .zero)
            #expect(pull.narConcurrency == 1)
            #expect(pull.narInfoConcurrency == 2)
        }
    }

    @Test(
        arguments: [
            (["--trusted-key", key], "--trusted-key is about other caches: give --pull-through-upstream too"),
            (
                ["--pull-through-concurrency", "1"],
                "--pull-through-concurrency is about other caches: give --pull-through-upstream too"
            ),
            (
                ["--pull-through-upstream", "cache.nixos.org"],
                "--pull-through-upstream cache.nixos.org: write it as https://host, with a port if it is not the usual one"
            ),
            (
                ["--pull-through-upstream", "https://a.example", "--enable-read-proxy=false"],
                "--pull-through-upstream is for what this server serves: give --enable-read-proxy too"
            ),
            (
                ["--pull-through-upstream", "https://a.example", "--pull-through-negative-ttl", "soon"],
                "--pull-through-negative-ttl soon: write it as in 30s or 5m"
            ),
            (
                ["--pull-through-upstream", "https://a.example", "--pull-through-concurrency", "0"],
                "--pull-through-concurrency 0: give a whole number from 1 to 1000"
            ),
            (
                SharedStorageSettingsTests.least
                    + ["--enable-read-proxy", "--pull-through-upstream", "https://a.example"],
                "--pull-through-upstream needs keys to believe: give those of these caches with --trusted-key"
            ),
        ] as [([String], String)])
    func refusals(arguments: [String], sentence: String) {
        #expect(throws: ConfigurationError(sentence)) { try serverSettings(arguments) }
    }

    @Test func keysThatAreNone() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try serverSettings(["--pull-through-upstream", "https://a.example", "--trusted-key", "x"])
        }
        #expect(error?.message.hasPrefix("--trusted-key x: ") == true)
    }
}

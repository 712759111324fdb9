import CacheCore
import CacheServer
import Logging
import NarKit
import ProgramKit
import Testing

@testable import niks3_server

/// The settings of a command line and an environment, as the program would have them.
func serverSettings(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws -> ServerSettings {
    let home = ["HOME": "/home/x"].merging(environment) { $1 }
    return try ServerSettings(options: try ServerCommand.options(from: arguments), environment: home)
}

@Suite struct ServerSettingsTests {
    static let token = String(repeating: "t", count: 36)

    @Test func withNothingConfigured() throws {
        let settings = try serverSettings()
        #expect(settings.storage == .directory("/home/x/.local/state/niks3"))
        #expect(settings.address == ListenAddress(host: "127.0.0.1", port: 5751))
        #expect(settings.apiToken == nil)
        #expect(settings.signingKeys.isEmpty)
        #expect(settings.cacheURL == nil)
        #expect(settings.serverURL == nil)
        #expect(settings.servesReads)
        #expect(settings.reading.cacheSize == 64 << 20)
        #expect(settings.reading.redirectLifetime == nil)
        #expect(settings.priority == 30)
        #expect(settings.maximumNarSize == nil)
        #expect(settings.narSinglePut)
        #expect(!settings.requireCompleteClosures)
        #expect(settings.storeDirectory == .standard)
        #expect(settings.logFormat == .text)
        #expect(settings.logLevel == .info)
        #expect(settings.times == nil)
    }

    @Test(arguments: [
        (["--data-dir", "/d"], ["STATE_DIRECTORY": "/s"], "/d"), ([], ["NIKS3_DATA_DIR": "/v"], "/v"),
        (["-data-dir=/d"], ["NIKS3_DATA_DIR": "/v"], "/d"),
        ([], ["STATE_DIRECTORY": "/s:/t", "XDG_STATE_HOME": "/x"], "/s"), ([], ["XDG_STATE_HOME": "/x"], "/x/niks3"),
        ([], ["XDG_STATE_HOME": "relative"], "/home/x/.local/state/niks3"),
    ])
    func dataDirectory(arguments: [String], environment: [String: String], path: String) throws {
        #expect(try serverSettings(arguments, environment).storage == .directory(path))
    }

    @Test func flagsAndVariables() throws {
        let flags = try serverSettings([
            "-http-addr", ":80", "--cache-url=https://c.example/x/", "--server-url", "http://s.example:8080",
            "-enable-read-proxy=false", "--cache-priority", "41", "--max-nar-size", "1000", "--nar-single-put=false",
            "--require-complete-closures", "--read-cache-size=0", "--log-format=json", "--debug", "--api-token",
            Self.token,
        ])
        let variables = try serverSettings(
            [],
            [
                "NIKS3_HTTP_ADDR": ":80", "NIKS3_CACHE_URL": "https://c.example/x/",
                "NIKS3_SERVER_URL": "http://s.example:8080", "NIKS3_ENABLE_READ_PROXY": "no",
                "NIKS3_CACHE_PRIORITY": "41", "NIKS3_MAX_NAR_SIZE": "1000", "NIKS3_NAR_SINGLE_PUT": "1",
                "NIKS3_REQUIRE_COMPLETE_CLOSURES": "true", "NIKS3_READ_CACHE_SIZE": "0",
                "NIKS3_LOG_FORMAT": "json", "NIKS3_DEBUG": "true",
                "NIKS3_API_TOKEN": " \(Self.token)\n", "NIKS3_SIGN_KEY_PATHS": "", "NIX_STORE_DIR": "/nix/store",
            ])
        for settings in [flags, variables] {
            #expect(settings.address == ListenAddress(host: "", port: 80))
            #expect(settings.cacheURL == "https://c.example/x")
            #expect(settings.serverURL == URLOrigin(scheme: "http", authority: "s.example:8080"))
            #expect(!settings.servesReads)
            #expect(settings.priority == 41)
            #expect(settings.maximumNarSize == 1000)
            #expect(!settings.narSinglePut)
            #expect(settings.requireCompleteClosures)
            #expect(settings.reading.cacheSize == 0)
            #expect(settings.logFormat == .json)
            #expect(settings.logLevel == .debug)
            #expect(settings.apiToken == Self.token)
        }
    }

    @Test func secretsInFiles() throws {
        try withTemporaryDirectory { directory throws in
            let token = SecretFile(path: directory + "/token")
            _ = try token.contents { Self.token + "-in-a-file" }
            let keys = try ["a", "b", "c"].map { name in
                let file = SecretFile(path: "\(directory)/\(name)")
                return (file.path, try file.contents { try SecretKey.generate(name: name).serialized })
            }
            let settings = try serverSettings(
                ["--api-token", "given", "--sign-key-path", keys[1].0, "--sign-key-path=" + keys[0].0],
                ["NIKS3_API_TOKEN_PATH": token.path, "NIKS3_SIGN_KEY_PATHS": keys[2].0 + " "])
            #expect(settings.apiToken == Self.token + "-in-a-file")
            #expect(settings.apiTokenPath == token.path)
            #expect(settings.signingKeys.map(\.name) == ["b", "a", "c"])
            #expect(
                throws: ConfigurationError(
                    "--sign-key-path \(keys[0].0): another key is named a too; give one of them")
            ) { try serverSettings(["--sign-key-path", keys[0].0, "--sign-key-path", keys[0].0]) }
        }
    }

    @Test(
        arguments: [
            (["--http-addr", "x"], [:], "--http-addr x: write it as host:port, :port or [address]:port"),
            (["--cache-priority", "-1"], [:], "--cache-priority -1: give a whole number from 0 on"),
            ([], ["NIKS3_MAX_NAR_SIZE": "1G"], "--max-nar-size 1G: give a whole number from 0 on"),
            (["--log-format", "xml"], [:], "--log-format xml: give one of text, json"),
            (
                ["--log-level", "loud"], [:],
                "--log-level loud: give one of trace, debug, info, notice, warning, error, critical"
            ),
            (
                ["--debug", "--log-level", "error"], [:],
                "--debug and --log-level error contradict each other; give one of them"
            ),
            (
                ["--server-url", "s.example"], [:],
                "--server-url s.example: write it as https://host, with a port if it is not the usual one"
            ),
            (
                ["--server-url", "https://s.example/a"], [:],
                "--server-url https://s.example/a: leave out the path; the server is reached at the top of a host"
            ),
            (
                ["--cache-url", "https://user@c.example"], [:],
                "--cache-url https://user@c.example: write it as https://host, with a port if it is not the usual one"
            ),
            (["--api-token-path", "/nowhere"], [:], "--api-token-path /nowhere: there is no such file"),
            (["--sign-key-path", "/nowhere"], [:], "--sign-key-path /nowhere: there is no such file"),
            (
                ["--api-token", "short"], [:],
                "the API token has 5 characters; make one of at least 36, for example with: openssl rand -hex 32"
            ),
            (["--gc-interval", "daily"], [:], "--gc-interval daily: write it as in 12h, 90m or 30d"),
            (["--gc-interval", "1s"], [:], "--gc-interval 1s: give 1m or more"),
            (
                ["--gc-interval", "1d", "--gc-older-than=-1h"], [:],
                "--gc-older-than -1h: write it as in 12h, 90m or 30d"
            ),
            (
                ["--gc-older-than", "30d"], [:],
                "--gc-older-than is for collections of the server's own: give --gc-interval too"
            ),
            (["--read-cache-size", "1G"], [:], "--read-cache-size 1G: give a whole number from 0 to 1099511627776"),
            (
                ["--read-redirect-ttl", "1h"], [:],
                "--read-redirect-ttl needs --db and a bucket: NARs in a data directory are sent by this server; leave it out"
            ),
            (["--debug=maybe"], [:], "--debug=maybe: a flag is true or false"),
        ] as [([String], [String: String], String)])
    func refusals(arguments: [String], environment: [String: String], sentence: String) {
        #expect(throws: ConfigurationError(sentence)) { try serverSettings(arguments, environment) }
    }

    @Test func collectsByItselfWhenAsked() throws {
        #expect(try serverSettings([]).schedule == nil)
        #expect(try serverSettings(["--gc-interval", "0"]).schedule == nil)
        let schedule = try #require(
            try serverSettings(["--gc-interval", "1d"], ["NIKS3_GC_OLDER_THAN": "30d"]).schedule)
        #expect(schedule.interval == .seconds(86_400))
        #expect(schedule.parameters == GCParameters(olderThan: "30d", failedUploadsOlderThan: "6h"))
    }

    @Test(arguments: [["--bogus"], ["-bogus", "x"], ["positional"], ["--http-addr"], ["--http-addr="]])
    func wrongCalls(arguments: [String]) {
        #expect(throws: (any Error).self) { try serverSettings(arguments) }
    }

    @Test func timesOfTests() throws {
        let environment = [LifecycleTimes.environmentVariable: "U=20s,W=24s,L=2s,D=6s,heartbeat=4s"]
        #expect(try serverSettings([], environment).times?.busyPeriod == .seconds(6))
        #expect(throws: ConfigurationError.self) { try serverSettings([], [LifecycleTimes.environmentVariable: "U=x"]) }
    }
}

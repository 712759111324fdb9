import ArgumentParser
import CacheClient
import ClientOptions
import ProgramKit
import Testing

@testable import niks3_hook

@Suite struct HookCommandTests {
    @Test("the flags have their usual values")
    func defaults() throws {
        let serve = try #require(try HookCommand.command(from: ["serve"]) as? ServeCommand)
        #expect(serve.socket == HookCommand.defaultSocket)
        #expect(serve.dbPath == "/var/lib/niks3-hook/upload-queue.db")
        #expect(serve.batchSize == 50)
        #expect(serve.idleExitTimeout.duration == .seconds(60))
        let options = serve.transfer.pushOptions(environment: [:], settings: ClientSettings())
        #expect(options.maximumConcurrentUploads == 30)
        #expect(serve.log.logFormat == .text)
        let send = try #require(try HookCommand.command(from: ["send"]) as? SendCommand)
        #expect(send.socket == HookCommand.defaultSocket)
    }

    @Test(
        "flags are read in every spelling",
        arguments: [
            [
                "serve", "--socket", "/s", "--db-path", "/q", "--server-url", "http://u", "--auth-token-path", "/t",
                "--batch-size", "7", "--idle-exit-timeout", "90s", "--max-concurrent-uploads", "4",
                "--verify-s3-integrity", "--debug", "--log-format", "json",
            ],
            [
                "serve", "-socket=/s", "-db-path=/q", "-server-url=http://u", "-auth-token-path=/t", "-batch-size=7",
                "-idle-exit-timeout=1m30s", "-max-concurrent-uploads=4", "-verify-s3-integrity=true", "-debug=1",
                "-log-format=json",
            ],
            [
                "serve", "-socket", "/s", "--db-path=/q", "-server-url", "http://u", "--auth-token-path=/t",
                "-batch-size", "7", "--idle-exit-timeout=90", "-max-concurrent-uploads", "4", "-verify-s3-integrity",
                "-debug", "-log-format", "json",
            ],
        ])
    func spellings(words: [String]) throws {
        let serve = try #require(try HookCommand.command(from: words) as? ServeCommand)
        #expect(serve.socket == "/s")
        #expect(serve.dbPath == "/q")
        #expect(serve.server.serverURL == "http://u")
        #expect(serve.server.authTokenPath == "/t")
        #expect(serve.batchSize == 7)
        #expect(serve.idleExitTimeout.duration == .seconds(90))
        #expect(serve.transfer.maxConcurrentUploads == 4)
        #expect(serve.transfer.verifyS3Integrity)
        #expect(serve.log.debug)
        #expect(serve.log.logFormat == .json)
    }

    @Test(
        "the idle time is a number of seconds or a duration, and 0 is never",
        arguments: [
            ("60s", .seconds(60)), ("60", .seconds(60)), ("0", nil), ("0s", nil), ("1h30m", .seconds(5400)),
            ("1500ms", .milliseconds(1500)), ("0.5s", .milliseconds(500)),
        ] as [(String, Duration?)])
    func idleTime(text: String, duration: Duration?) throws {
        let timeout = try #require(IdleExitTimeout(argument: text))
        #expect(timeout.duration == duration)
    }

    @Test("what is no idle time is refused", arguments: ["", "soon", "-1s", "-5", "1.5", "s", "99999999999999999999"])
    func noIdleTime(text: String) {
        #expect(IdleExitTimeout(argument: text) == nil)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            ["serve", "--nonsense"], ["serve", "path"], ["serve", "--batch-size", "0"],
            ["serve", "--batch-size", "many"],
            ["serve", "--debug=maybe"], ["serve", "--client-key", "k"], ["send", "path"], ["push"],
        ])
    func refused(words: [String]) {
        let error = #expect(throws: (any Error).self) { try HookCommand.command(from: words) }
        #expect(error.map(ExitStatus.init(of:)) == .usage)
    }
}

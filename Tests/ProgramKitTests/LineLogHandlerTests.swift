import Logging
import ProgramKit
import Synchronization
import Testing

@Suite struct LineLogHandlerTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func lines(_ format: LogFormat, _ log: (Logger) -> Void) -> [String] {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in
            LineLogHandler(
                level: .info, format: format, write: { line in lines.all.withLock { $0.append(line) } },
                now: { "2026-01-31T12:00:00Z" })
        }
        log(logger)
        return lines.all.withLock { $0 }
    }

    private func sample(_ logger: Logger) {
        var logger = logger
        logger[metadataKey: "id"] = "7"
        logger.debug("not written")
        logger.info("plain", metadata: ["b": "x y", "a": "1"])
        logger.error("two\nlines \u{1B}[31m \"q\" \\", metadata: ["id": "", "c": "\u{7F}é"])
    }

    @Test func text() {
        #expect(
            lines(.text, sample) == [
                "2026-01-31T12:00:00Z INFO    plain a=1 b=\"x y\" id=7\n",
                "2026-01-31T12:00:00Z ERROR   two\\nlines \\u001b[31m \"q\" \\ c=\"\\u007fé\" id=\"\"\n",
            ])
    }

    @Test func json() {
        #expect(
            lines(.json, sample) == [
                #"{"time":"2026-01-31T12:00:00Z","level":"info","message":"plain","a":"1","b":"x y","id":"7"}"# + "\n",
                #"{"time":"2026-01-31T12:00:00Z","level":"error","message":"two\nlines \u001b[31m \"q\" \\","#
                    + #""c":"\u007fé","id":""}"# + "\n",
            ])
    }
}

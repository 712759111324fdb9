import CacheClient
import Logging
import NarKit
import Testing

@testable import niks3

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct PushProgressTests {
    /// Half of 8 MiB read, in four seconds.
    private func halfway() throws -> PushProgress {
        let path = try storePath("1", "path")
        var progress = PushProgress()
        progress.note(.connected, at: .zero)
        progress.note(.planned(paths: 12, narBytes: 10 << 20), at: .zero)
        progress.note(.compared(newPaths: 10, nars: 9, narBytes: 8 << 20), at: .seconds(1))
        for second in 2...5 {
            progress.note(.read(1 << 20), at: .seconds(second))
            progress.note(.sent(300_000), at: .seconds(second))
            progress.note(.finished(path, narBytes: 1 << 20, compressedBytes: 300_000), at: .seconds(second))
        }
        return progress
    }

    @Test("each stage has its line")
    func stages() throws {
        var progress = PushProgress()
        #expect(progress.line(at: .zero) == "asking the server")
        progress.note(retry: "retrying")
        #expect(progress.line(at: .zero) == "asking the server, retrying")
        progress.note(.connected, at: .zero)
        #expect(progress.line(at: .zero) == "reading the closure")
        progress.note(.planned(paths: 1, narBytes: 1), at: .zero)
        #expect(progress.line(at: .zero) == "comparing 1 path with the cache")
        progress.note(.compared(newPaths: 1, nars: 1, narBytes: 500), at: .zero)
        #expect(progress.line(at: .zero) == "0/1 paths, 0 B of 500 B, 0 B sent")
        progress.note(.finished(try storePath("1", "path"), narBytes: 500, compressedBytes: 100), at: .zero)
        #expect(progress.line(at: .zero) == "publishing 1 path")
    }

    @Test("rate and remaining time follow from the last seconds")
    func rate() throws {
        var progress = try halfway()
        #expect(
            progress.line(at: .seconds(5)) == "4/9 paths, 4.0 MiB of 8.0 MiB, 1.1 MiB sent, 1.0 MiB/s, ETA 0:04")
        progress.note(retry: "retrying")
        #expect(
            progress.line(at: .seconds(9))
                == "4/9 paths, 4.0 MiB of 8.0 MiB, 1.1 MiB sent, 512.0 KiB/s, ETA 0:08, retrying")
    }

    @Test("the bar fits the terminal")
    func bar() throws {
        let progress = try halfway()
        let text = "4/9 paths, 4.0 MiB of 8.0 MiB, 1.1 MiB sent, 1.0 MiB/s, ETA 0:04"
        #expect(
            progress.bar(at: .seconds(5), width: 120, usesColor: false) == "[###############...............] \(text)")
        #expect(
            progress.bar(at: .seconds(5), width: 79, usesColor: true)
                == "[\u{1b}[32m######\u{1b}[0m......] \(text)")
        #expect(progress.bar(at: .seconds(5), width: 70, usesColor: false) == text)
        #expect(progress.bar(at: .seconds(5), width: 20, usesColor: false) == String(text.prefix(20)))
        #expect(progress.bar(at: .seconds(5), width: 0, usesColor: false) == "")
    }

    @Test("below the bar are the paths under way and what is retried, as many as fit")
    func lines() throws {
        var progress = try halfway()
        for (index, name) in ["one", "two", "three", "four", "five"].enumerated() {
            progress.note(.started(try storePath("2", name), narBytes: 1024 << index), at: .seconds(5))
        }
        progress.note(.started(try storePath("2", "listing"), narBytes: 0), at: .seconds(5))
        progress.note(.finished(try storePath("2", "two"), narBytes: 2048, compressedBytes: 1), at: .seconds(5))
        progress.note(retry: "retrying: PUT http://127.0.0.1:1/x was answered with 503")
        let bar = progress.lines(at: .seconds(5), width: 70, height: 24, usesColor: false)[0]
        #expect(bar == "5/9 paths, 4.0 MiB of 8.0 MiB, 1.1 MiB sent, 1.0 MiB/s, ETA 0:04")
        #expect(
            progress.lines(at: .seconds(5), width: 70, height: 24, usesColor: false) == [
                bar, "  one (1.0 KiB)", "  three (4.0 KiB)", "  four (8.0 KiB)", "  five (16.0 KiB)",
                "  retrying: PUT http://127.0.0.1:1/x was answered with 503",
            ])
        progress.note(.started(try storePath("2", "six"), narBytes: 5), at: .seconds(5))
        progress.note(.read(0), at: .seconds(5))
        #expect(progress.lines(at: .seconds(5), width: 70, height: 24, usesColor: false).last == "  and 1 more")
        #expect(
            progress.lines(at: .seconds(5), width: 9, height: 4, usesColor: false)
                == ["5/9 paths", "  one (1.", "  three ("])
        #expect(progress.lines(at: .seconds(5), width: 70, height: 1, usesColor: false).count == 1)
    }

    @Test(
        "things are drawn over only where that is wanted",
        arguments: [
            (["TERM": "xterm"], true), (["TERM": "dumb"], false), ([:], false),
            (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "xterm", "NO_COLOR": ""], true),
            (["TERM": "xterm", "CI": "true"], false),
        ] as [([String: String], Bool)])
    func drawing(environment: [String: String], draws: Bool) {
        #expect(Console.drawsOver(environment) == draws)
    }

    @Test(
        "quantities are written for people",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_575, "1.0 MiB"),
            (5_000_000_000, "4.7 GiB"), (UInt64.max, "16.0 EiB"),
        ] as [(UInt64, String)])
    func bytes(count: UInt64, text: String) {
        #expect(Quantities.bytes(count) == text)
    }

    @Test(
        "durations are written for people",
        arguments: [
            (Duration.milliseconds(40), "0.0 s"), (.milliseconds(1250), "1.3 s"), (.milliseconds(59_900), "59.9 s"),
            (.milliseconds(59_960), "1:00 min"), (.seconds(125), "2:05 min"), (.seconds(3723), "1:02:03 h"),
        ])
    func duration(duration: Duration, text: String) {
        #expect(Quantities.duration(duration) == text)
    }

    @Test("the closing line says what was done")
    func summary() {
        var summary = PushSummary()
        summary.cachedPaths = 5
        summary.duration = .milliseconds(200)
        #expect(summary.text == "Nothing to push: all 5 paths are in the cache (0.2 s).")
        summary.cachedPaths = 1
        #expect(summary.text == "Nothing to push: the path is in the cache (0.2 s).")
        summary.newPaths = 2
        summary.skippedPaths = 1
        summary.bytesRead = 3 << 20
        summary.bytesSent = 1 << 20
        summary.narBytesSent = 3 << 20
        summary.compressedBytesSent = 1 << 20
        #expect(
            summary.text
                == "Pushed 2 paths, 1 already in the cache, 1 path skipped: read 3.0 MiB, sent 1.0 MiB, compressed to 33 % "
                + "in 0.2 s.")
    }

    @Test("log lines in both formats")
    func logLines() {
        let error = LogLine(level: .error, message: "no \"way\"", time: .init(timeIntervalSince1970: 1_000_000_000))
        #expect(error.text(.text) == "error: no \"way\"")
        #expect(error.text(.json) == #"{"level":"error","message":"no \"way\"","time":"2001-09-09T01:46:40Z"}"#)
        #expect(LogLine(level: .info, message: "fine").text(.text) == "fine")
    }
}

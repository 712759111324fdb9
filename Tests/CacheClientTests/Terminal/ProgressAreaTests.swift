import CacheClient
import Subprocess
import Testing

@testable import niks3

#if canImport(System)
import System
#else
import SystemPackage
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#endif
import Foundation

/// What is drawn, as a real terminal shows it: tmux.
@Suite final class ProgressAreaTests {
    private let directory = FileManager.default.temporaryDirectory.path + "/niks3-tmux-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func tmux(_ arguments: String...) async throws -> String {
        let result = try await Subprocess.run(
            .name("tmux"), arguments: Arguments(["-S", directory + "/socket", "-f", "/dev/null"] + arguments),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return result.standardOutput
    }

    /// Shows texts on a terminal, the width of which may change after each, and compares the screen with a fixture.
    private func expect(_ frames: [(text: String, width: Int?)], on width: Int, toShow screen: String) async throws {
        // Each text waits until the one before has been shown and the terminal has its new width.
        var script = ""
        for (index, frame) in frames.enumerated() {
            try Data(frame.text.utf8).write(to: URL(filePath: "\(directory)/\(index)"))
            script += "until [ -e \(directory)/go\(index) ]; do sleep 0.02; done; cat \(directory)/\(index); "
            script += "touch \(directory)/done\(index); "
        }
        _ = try await tmux("new-session", "-d", "-x", "\(width)", "-y", "12", script + "sleep 120")
        do {
            for (index, frame) in frames.enumerated() {
                try Data().write(to: URL(filePath: "\(directory)/go\(index)"))
                try await wait { FileManager.default.fileExists(atPath: "\(directory)/done\(index)") }
                if let width = frame.width {
                    _ = try await tmux("resize-window", "-x", "\(width)", "-y", "12")
                    try await Task.sleep(for: .milliseconds(200))
                }
            }
            var shown = ""
            for _ in 0..<200 {
                shown = try await tmux("capture-pane", "-p").split(separator: "\n").joined(separator: "\n")
                if shown == screen { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(shown == screen)
        } catch {
            _ = try await tmux("kill-server")
            throw error
        }
        _ = try await tmux("kill-server")
    }

    private func wait(until condition: () -> Bool) async throws {
        for _ in 0..<500 where !condition() { try await Task.sleep(for: .milliseconds(20)) }
        try #require(condition())
    }

    private static let first = [
        "[\u{1b}[32m##\u{1b}[0m......] 1/4 paths", "  hello (1.0 KiB)", "  world (2.0 MiB)", "  and 3 more",
    ]
    private static let second = ["[\u{1b}[32m####\u{1b}[0m....] 2/4 paths", "  world (2.0 MiB)"]

    @Test("a frame replaces the one before, log lines stay above, and nothing is left at the end")
    func frames() async throws {
        var area = ProgressArea()
        let one = area.draw(Self.first, width: 60)
        let two = area.draw(Self.second, width: 60)
        try await expect(
            [("started\r\n" + one, nil), (two, nil)], on: 60,
            toShow: """
                started
                [####....] 2/4 paths
                  world (2.0 MiB)
                """)
    }

    @Test("a log line goes above the frame")
    func logLine() async throws {
        var area = ProgressArea()
        let one = area.draw(Self.first, width: 60)
        let line = area.clear(width: 60) + "warning: something\r\n"
        let two = area.draw(Self.second, width: 60)
        try await expect(
            [(one, nil), (line + two, nil)], on: 60,
            toShow: """
                warning: something
                [####....] 2/4 paths
                  world (2.0 MiB)
                """)
    }

    @Test("at the end only what was logged is left")
    func end() async throws {
        var area = ProgressArea()
        let one = area.draw(Self.first, width: 60)
        let end = area.clear(width: 60) + "Pushed 4 paths\r\n"
        #expect(area.clear(width: 60) == "")
        try await expect([(one, nil), (end, nil)], on: 60, toShow: "Pushed 4 paths")
    }

    @Test("a terminal that becomes narrower is drawn over whole")
    func narrower() async throws {
        var area = ProgressArea()
        let one = area.draw(Self.first, width: 60)
        let two = area.draw(Self.second.map { String($0.prefix(19)) }, width: 11)
        try await expect(
            [(one, 11), (two, nil)], on: 60,
            toShow: """
                [####....]
                  world (2.
                0 MiB)
                """)
    }
}

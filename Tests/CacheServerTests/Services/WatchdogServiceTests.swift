import CacheCore
import CacheServer
import TestServices
import ProgramKit
import CacheStorage
import Logging
import ServiceLifecycle
import Testing

#if os(Linux)
@Suite struct WatchdogServiceTests {
    private static func service(
        _ systemd: SystemdNotifier?, _ microseconds: String?, _ processID: String?, _ store: SQLiteStore
    ) -> WatchdogService? {
        WatchdogService(
            systemd: systemd, microseconds: microseconds, processID: processID, ownProcessID: 17, metadata: store,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func isOnlyForThoseItWaitsFor() throws {
        let store = try SQLiteStore(path: ":memory:")
        let systemd = SystemdNotifier(socketPath: "/nowhere")
        let table: [(SystemdNotifier?, String?, String?, Bool)] = [
            (systemd, "1000", "17", true), (systemd, "1000", nil, true), (systemd, "1000", "18", false),
            (systemd, nil, "17", false), (systemd, "0", "17", false), (systemd, "x", nil, false),
            (nil, "1000", "17", false),
        ]
        for (systemd, microseconds, processID, isWanted) in table {
            #expect((Self.service(systemd, microseconds, processID, store) != nil) == isWanted)
        }
    }

    @Test func isFedWhileTheDatabaseAnswers() async throws {
        try await withTemporaryDirectory { directory in
            let socket = try NotifySocket(name: Array((directory + "/notify").utf8))
            let store = try SQLiteStore(path: ":memory:")
            let systemd = SystemdNotifier(socketPath: directory + "/notify")
            let service = try #require(Self.service(systemd, "40000", nil, store))
            try await withThrowingTaskGroup { group in
                group.addTask { await service.run() }
                for _ in 0..<3 { try await socket.receive("WATCHDOG=1") }
                try store.close()
                // What was under way when it was closed.
                while socket.receive() != "" {}
                try await Task.sleep(for: .milliseconds(100))
                while socket.receive() != "" {}
                try await Task.sleep(for: .milliseconds(300))
                #expect(socket.receive() == "")
                group.cancelAll()
            }
        }
    }
}
#endif

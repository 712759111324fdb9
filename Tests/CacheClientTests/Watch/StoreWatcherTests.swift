import Logging
import NarKit
import Testing

@testable import CacheClient

@Suite struct StoreWatcherTests {
    private let database: TestDatabase

    init() throws { database = try TestDatabase() }

    private func path(_ digit: Character, _ name: String) throws -> String {
        try storePath(digit, name).path(in: database.directories.store)
    }

    private func watcher(
        _ queue: UploadQueue, _ uploader: FakeUploader, settings: WatchSettings = WatchSettings()
    ) -> StoreWatcher {
        var settings = settings
        settings.interval = .milliseconds(10)
        return StoreWatcher(
            store: DatabaseStore(directories: database.directories), queue: queue, uploader: uploader,
            settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a watcher around a test and stops it.
    private func watching(
        _ watcher: StoreWatcher, _ test: @escaping @Sendable () async throws -> Void = {}
    ) async throws {
        _ = try await watcher.prepare()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watcher.run() }
            defer { watcher.stop() }
            try await test()
            watcher.stop()
            try await group.waitForAll()
        }
    }

    private static func pushing() -> FakeUploader {
        FakeUploader { paths in HookOutcome(pushed: paths, summary: PushSummary()) }
    }

    @Test("what appears is pushed, what was there before is not, nor are derivations")
    func newPaths() async throws {
        try await withTemporaryDirectory { directory in
            try database.add(try storePath("0", "old"))
            let uploader = Self.pushing()
            let queue = try UploadQueue(path: directory + "/queue.db")
            try await watching(watcher(queue, uploader)) {
                try database.add(try storePath("1", "one"))
                try await eventually { uploader.calls.all.flatMap(\.self).count == 1 }
                try database.add(try storePath("2", "two.drv"))
                try database.add(try storePath("3", "three"))
            }
            // The last look finds what came just before the end.
            #expect(uploader.calls.all.flatMap(\.self) == [try path("1", "one"), try path("3", "three")])
            #expect(try await queue.count() == 0)
        }
    }

    @Test("derivations are pushed where that is asked for, and batches have a size")
    func derivations() async throws {
        try await withTemporaryDirectory { directory in
            let uploader = Self.pushing()
            let queue = try UploadQueue(path: directory + "/queue.db")
            let settings = WatchSettings(batchSize: 2, includesDerivations: true)
            let subject = watcher(queue, uploader, settings: settings)
            _ = try await subject.prepare()
            for digit in "1234" { try database.add(try storePath(digit, "x.drv")) }
            try database.add(try storePath("5", "x"))
            try await watching(subject)
            #expect(
                uploader.calls.all == [
                    [try path("1", "x.drv"), try path("2", "x.drv")], [try path("3", "x.drv"), try path("4", "x.drv")],
                    [try path("5", "x")],
                ])
        }
    }

    @Test("a later watcher goes on where the first stopped, with what could not be pushed")
    func resumed() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory + "/queue.db"
            let failing = FakeUploader { _ throws(ClientError) in throw ClientError(.unreachable, "It is away.") }
            let first = try UploadQueue(path: file)
            try await watching(watcher(first, failing)) {
                try database.add(try storePath("1", "one"))
                try await eventually { !failing.calls.all.isEmpty }
            }
            try first.close()
            try database.add(try storePath("2", "two"))

            let second = try UploadQueue(path: file)
            let uploader = Self.pushing()
            #expect(try await watcher(second, uploader).prepare() == 1)
            try await watching(watcher(second, uploader))
            #expect(Set(uploader.calls.all.flatMap(\.self)) == [try path("1", "one"), try path("2", "two")])
            #expect(try await second.count() == 0)
        }
    }

    @Test("a store that was made anew is watched from its end on")
    func replaced() async throws {
        try await withTemporaryDirectory { directory in
            let queue = try UploadQueue(path: directory + "/queue.db")
            let uploader = Self.pushing()
            for digit in "12" { try database.add(try storePath(digit, "x")) }
            _ = try await watcher(queue, uploader).prepare()
            #expect(try await queue.position(in: database.path) == 2)
            try database.execute("DELETE FROM ValidPaths")
            #expect(try await watcher(queue, uploader).prepare() == 0)
            #expect(try await queue.position(in: database.path) == 2, "paths that were deleted change nothing")
            try database.execute("DELETE FROM sqlite_sequence")
            try database.add(try storePath("3", "x"))
            _ = try await watcher(queue, uploader).prepare()
            #expect(try await queue.position(in: database.path) == 1)
        }
    }

    @Test("a database that cannot be read is said at the start, and waited for later")
    func unreadable() async throws {
        try await withTemporaryDirectory { directory in
            let queue = try UploadQueue(path: directory + "/queue.db")
            let uploader = Self.pushing()
            try database.write("9", to: "schema")
            let error = await #expect(throws: ClientError.self) { try await watcher(queue, uploader).prepare() }
            #expect(error?.code == .databaseUnreadable)
            try database.write("10", to: "schema")
            try await watching(watcher(queue, uploader)) {
                try database.write("9", to: "schema")
                try database.add(try storePath("1", "one"))
                try await Task.sleep(for: .milliseconds(50))
                try database.write("10", to: "schema")
                try await eventually { !uploader.calls.all.isEmpty }
            }
            #expect(uploader.calls.all == [[try path("1", "one")]])
        }
    }

    @Test(
        "the queue lies in the directory for state",
        arguments: [
            (["STATE_DIRECTORY": "/s:/t", "HOME": "/h"], "/s/watch-store.db"),
            (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/niks3/watch-store.db"),
            (["XDG_STATE_HOME": "x", "HOME": "/h"], "/h/.local/state/niks3/watch-store.db"), ([:], nil),
        ] as [([String: String], String?)])
    func queuePath(environment: [String: String], path: String?) {
        #expect(WatchSettings.queuePath(environment: environment) == path)
    }
}

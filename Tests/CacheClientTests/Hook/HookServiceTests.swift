import Logging
import Synchronization
import Testing

@testable import CacheClient

@Suite struct HookServiceTests {
    private static func all(_ paths: [String]) -> HookOutcome { HookOutcome(pushed: paths, summary: PushSummary()) }

    /// Runs a daemon around a test, stops it, and returns what is left in the queue.
    @discardableResult
    private func withService(
        _ uploader: FakeUploader, settings: HookSettings = HookSettings(idleExitTimeout: nil), queued: [String] = [],
        _ test: @escaping @Sendable (_ path: String, UploadQueue, HookService) async throws -> Void
    ) async throws -> [String] {
        let left = Mutex<[String]>([])
        try await withTemporaryDirectory { directory in
            let queue = try UploadQueue(path: directory + "/queue.db")
            try queue.add(queued)
            let service = try HookService(
                queue: queue, socket: try HookSocket(listeningAt: directory + "/socket"), uploader: uploader,
                settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                do {
                    try await test(directory + "/socket", queue, service)
                } catch {
                    service.stop()
                    throw error
                }
                service.stop()
                try await group.waitForAll()
            }
            let rest = try await queue.first(1000)
            left.withLock { $0 = rest }
        }
        return left.withLock { $0 }
    }

    private func request(_ paths: [String]) -> String {
        String(decoding: HookRequest(paths: paths).serialized, as: UTF8.self)
    }

    @Test("paths are durable when they are acknowledged, and gone when they are pushed")
    func acknowledged() async throws {
        let gate = Gate()
        let uploader = FakeUploader { paths in
            await gate.wait()
            return Self.all(paths + ["/nix/store/closure"])
        }
        let left = try await withService(uploader) { path, queue, _ in
            for paths in [["/nix/store/a", "/nix/store/b"], ["/nix/store/closure"], []] {
                #expect(try await HookPeer.ask(path, request(paths)) == "{\"status\":\"ok\"}\n")
            }
            let other = try UploadQueue(path: queue.path)
            #expect(try await other.first(9) == ["/nix/store/a", "/nix/store/b", "/nix/store/closure"])
            gate.open()
            try await eventually { try await queue.count() == 0 }
        }
        #expect(left == [])
        #expect(uploader.calls.all.first == ["/nix/store/a", "/nix/store/b"])
    }

    @Test("batches have a size, and one bad path does not hold up the others")
    func badPath() async throws {
        let uploader = FakeUploader { paths throws(ClientError) in
            guard !paths.contains("bad") else { throw ClientError(.hashMismatch, "bad is bad") }
            return HookOutcome(
                pushed: paths.filter { $0 != "gone" }, vanished: paths.filter { $0 == "gone" }, summary: PushSummary())
        }
        let queued = ["a", "b", "bad", "c", "d", "gone", "e"]
        let left = try await withService(
            uploader, settings: HookSettings(batchSize: 3, idleExitTimeout: nil), queued: queued
        ) { _, queue, _ in
            try await eventually { try await queue.first(9) == ["bad"] }
        }
        #expect(left == ["bad"])
        #expect(
            Array(uploader.calls.all.prefix(6)) == [
                ["a", "b", "bad"], ["a"], ["b"], ["bad"], ["c", "d", "gone"], ["e"],
            ])
    }

    @Test("the end drains the queue")
    func drains() async throws {
        let queued = (0..<20).map { "/nix/store/\($0)" }
        let uploader = FakeUploader { paths in
            try? await Task.sleep(for: .milliseconds(5))
            return Self.all(paths)
        }
        let left = try await withService(
            uploader, settings: HookSettings(batchSize: 2, idleExitTimeout: nil), queued: queued
        ) { _, _, _ in }
        #expect(left == [])
        #expect(uploader.calls.all.flatMap(\.self) == queued)
    }

    @Test("what cannot be pushed at the end stays for the next time, and does not keep the daemon")
    func cannotDrain() async throws {
        let uploader = FakeUploader { _ throws(ClientError) in throw ClientError(.unauthorized, "who are you") }
        let left = try await withService(uploader, queued: ["a", "b"]) { _, _, _ in
            try await eventually { !uploader.calls.all.isEmpty }
        }
        #expect(left == ["a", "b"])
    }

    @Test("it ends when it was idle for long enough, but not while paths wait")
    func idle() async throws {
        let (repaired, ended) = (Gate(), Gate())
        let uploader = FakeUploader { paths throws(ClientError) in
            if !repaired.isOpen { throw ClientError(.hashMismatch, "bad") }
            return Self.all(paths)
        }
        try await withTemporaryDirectory { directory in
            let queue = try UploadQueue(path: directory + "/queue.db")
            try queue.add(["a"])
            let service = try HookService(
                queue: queue, socket: try HookSocket(listeningAt: directory + "/socket"), uploader: uploader,
                settings: HookSettings(idleExitTimeout: .milliseconds(50)),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await service.run()
                    ended.open()
                }
                // The path fails at once and again after a second, for far longer than the idle time.
                try await eventually { uploader.calls.all.count == 2 }
                #expect(!ended.isOpen)
                repaired.open()
                try await group.waitForAll()
            }
            #expect(try await queue.count() == 0)
        }
    }

    @Test("a cancelled daemon ends without draining")
    func cancelled() async throws {
        let uploader = FakeUploader { _ throws(ClientError) in
            do { try await Task.sleep(for: .seconds(60)) } catch { throw .cancelled }
            return HookOutcome()
        }
        try await withTemporaryDirectory { directory in
            let queue = try UploadQueue(path: directory + "/queue.db")
            try queue.add(["a"])
            let service = try HookService(
                queue: queue, socket: try HookSocket(listeningAt: directory + "/socket"), uploader: uploader,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                try? await eventually { !uploader.calls.all.isEmpty }
                group.cancelAll()
                await #expect(throws: ClientError.self) { try await group.next() }
            }
            #expect(try await queue.count() == 1)
        }
    }

    /// Holds somebody until it is opened.
    private final class Gate: Sendable {
        private let state = Mutex(false)

        var isOpen: Bool { state.withLock { $0 } }

        func open() { state.withLock { $0 = true } }

        func wait() async {
            while !isOpen { try? await Task.sleep(for: .milliseconds(2)) }
        }
    }
}

import Logging
import Synchronization
import Testing

@testable import CacheClient

/// How the server is told which NARs arrived.
@Suite struct UploadReportsTests {
    private func with(
        _ cache: FakeCache, interval: Duration = .seconds(3600), _ body: (UploadReports) async throws -> Void
    ) async throws {
        try await TestPush.with(try await TestStore([]), cache) { pusher, _ in
            try await body(UploadReports(api: pusher.api, interval: interval, limit: 3, logger: pusher.logger))
        }
    }

    private func reports(to cache: FakeCache) -> [[String]] { cache.state.withLock { $0.reports } }

    @Test("many are told of at once")
    func together() async throws {
        let cache = FakeCache()
        try await with(cache) { reports in
            for key in 1...7 { await reports.add("nar/\(key)") }
        }
        #expect(reports(to: cache) == [["nar/1", "nar/2", "nar/3"], ["nar/4", "nar/5", "nar/6"]])
    }

    @Test("few are told of while the work goes on")
    func meanwhile() async throws {
        let cache = FakeCache()
        try await with(cache, interval: .milliseconds(5)) { reports in
            try await reports.during { () throws(ClientError) in
                await reports.add("nar/1")
                while cache.log.isEmpty {
                    do { try await Task.sleep(for: .milliseconds(1)) } catch { throw ClientError(wrapping: error) }
                }
            }
        }
        #expect(self.reports(to: cache) == [["nar/1"]])
    }

    @Test("a server that takes no more is told of each", arguments: [404, 405])
    func singly(status: Int) async throws {
        let cache = FakeCache(fault: { request, _ in request.path == "/api/objects/uploaded" ? .init(status) : nil })
        try await with(cache) { reports in
            for key in 1...4 { await reports.add("nar/\(key)") }
        }
        #expect(
            cache.log == ["POST /api/objects/uploaded"] + Array(repeating: "POST /api/uploads/complete", count: 4))
    }

    @Test("what the server refuses is no error, and asked again with the next ones")
    func refused() async throws {
        let cache = FakeCache(fault: { _, _ in .init(400, text: "no") })
        try await with(cache) { reports in
            for key in 1...6 { await reports.add("nar/\(key)") }
        }
        #expect(cache.log == Array(repeating: "POST /api/objects/uploaded", count: 2))
    }

    @Test("the work's error is kept")
    func fails() async throws {
        try await with(FakeCache()) { reports in
            let error = await #expect(throws: ClientError.self) {
                try await reports.during { () throws(ClientError) in throw ClientError(.rejected, "no") }
            }
            #expect(error?.message == "no")
        }
    }
}

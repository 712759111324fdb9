import CurlKit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the program writes about requests.
@Suite(.timeLimit(.minutes(2))) struct LogTests {
    private struct Line: Decodable {
        let time: String
        let level: String
        let message: String
        let request: String?
        let traceID: String?
        let status: String?
        let bytes: String?
        let client: String?
        let agent: String?

        private enum CodingKeys: String, CodingKey {
            case time, level, message, request, status, bytes, client, agent
            case traceID = "trace_id"
        }
    }

    @Test func requestsAndTraces() async throws {
        let trace = TraceContext()
        let requestID = try await withTemporaryDirectory { directory in
            var answered: HTTPCalls.Answer?
            let end = try await withAnswer(directory, trace: trace) { answered = $0 }
            let lines = end.log.split(separator: "\n").filter { $0.hasPrefix("{") }
            let decoder = JSONDecoder()
            let found = try lines.map { try decoder.decode(Line.self, from: Data($0.utf8)) }
                .filter { $0.message == "DELETE /api/closures" }
            let line = try #require(found.first)
            #expect(found.count == 1)
            #expect(line.level == "info")
            #expect(line.traceID == trace.traceID)
            #expect(line.status == "401")
            #expect(line.bytes == "\("Unauthorized".count)")
            #expect(line.client == "127.0.0.1")
            #expect(line.agent == "niks3")
            #expect(!end.log.contains("secret"))
            #expect(line.request == answered?.headers["X-Request-Id"])
            return line.request
        }
        #expect(requestID != nil)
    }

    private func withAnswer(
        _ directory: String, trace: TraceContext, _ note: (HTTPCalls.Answer) -> Void
    ) async throws -> ServerProcess.End {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let client = HTTPClient(configuration: configuration)
        let (answers, continuation) = AsyncStream.makeStream(of: HTTPCalls.Answer.self)
        let end = try await ServerProcess.run(
            ["--data-dir", directory + "/state", "--http-addr", "127.0.0.1:0", "--log-format", "json"]
        ) { server in
            let http = HTTPCalls(port: try await server.port(), client: client)
            continuation.yield(
                try await http.delete(
                    "/api/closures?older-than=secret",
                    [("traceparent", trace.text), ("Authorization", "Bearer secret")]))
            continuation.finish()
        }
        for await answer in answers { note(answer) }
        await client.shutdown()
        return end
    }
}

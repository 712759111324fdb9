import CacheCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CacheServer

/// Answers that are written while they are sent.
@Suite(.timeLimit(.minutes(1))) struct LongTextTests {
    /// Some chunks, and perhaps a failure in place of the next one.
    private struct Chunks: AsyncSequence, AsyncIteratorProtocol, Sendable {
        var rest: [String]
        let fails: Bool

        func makeAsyncIterator() -> Chunks { self }

        mutating func next() async throws -> [UInt8]? {
            if rest.isEmpty, fails { throw CacheError(.unavailable, "The object store is away.") }
            return rest.isEmpty ? nil : Array(rest.removeFirst().utf8)
        }
    }

    /// What comes over the wire.
    private func answer(of chunks: Chunks) async throws -> String {
        let router = Router(context: CacheRequestContext.self)
        router.add(middleware: ErrorMiddleware())
        let budget = BodyBudget(limit: 1)
        router.get("/") { _, context in
            let share = BodyShare(of: budget)
            #expect(share.take(1))
            return try await LongText(chunks, holding: share).response(
                deadline: TransferDeadline(limits: ConnectionLimits(), channel: context.channel), expectedBytes: 1,
                logger: context.logger)
        }
        let answer = try await Application(router: router).test(.live) { client in
            try await RawConnection.open(port: try #require(client.port)) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return await connection.receiveAll()
            }
        }
        #expect(BodyShare(of: budget).take(1), "what was held is given back")
        return answer
    }

    @Test(arguments: [[""], ["{}"], ["{", "}"], ["{", "\"a\":", "1}"]])
    func whole(chunks: [String]) async throws {
        let answer = try await answer(of: Chunks(rest: chunks, fails: false))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\nContent-Type: application/json\r\n"))
        if chunks.count == 1 {
            #expect(answer.contains("\r\nContent-Length: \(chunks[0].utf8.count)\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n" + chunks[0]))
        } else {
            let framed = chunks.map { "\($0.utf8.count)\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
            #expect(answer.hasSuffix("\r\n\r\n" + framed))
        }
    }

    @Test(arguments: [[], ["{"]])
    func failsEarly(chunks: [String]) async throws {
        let answer = try await answer(of: Chunks(rest: chunks, fails: true))
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nThe object store is away."))
    }

    @Test func failsLate() async throws {
        let answer = try await answer(of: Chunks(rest: ["{", "\"a\":"], fails: true))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n1\r\n{\r\n4\r\n\"a\":\r\n"), "without the last chunk")
    }
}

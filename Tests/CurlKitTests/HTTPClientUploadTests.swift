import CurlKit
import Synchronization
import Testing

/// Streams that fail, and servers that do not want them.
@Suite struct HTTPClientUploadTests {
    struct Broken: Error, CustomStringConvertible {
        var description: String { "disk on fire" }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let length: Int64?
        let stream: TestStream
        let words: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "too short", length: 10, stream: TestStream { $0 < 3 ? [1, 2] : nil },
            words: "the body to send ended after 6 of 10 bytes; check that its source does not change meanwhile"),
        Case(
            name: "too long", length: 3, stream: TestStream { $0 < 3 ? [1, 2] : nil },
            words: "the body to send has more than the 3 bytes it should have"),
        Case(
            name: "endless", length: 3_000_000, stream: TestStream { _ in [UInt8](repeating: 0, count: 100_000) },
            words: "the body to send has more than the 3000000 bytes it should have"),
        Case(
            name: "failing at once", length: nil, stream: TestStream { _ in throw Broken() },
            words: "the body to send could not be read (disk on fire); check where it comes from"),
        Case(
            name: "failing later", length: 100,
            stream: TestStream { index in
                if index > 5 { throw Broken() }
                return [1]
            }, words: "the body to send could not be read (disk on fire)"),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: cases)
    func failsWithItsStream(_ example: Case) async throws {
        let complete = Mutex(0)
        try await TestServer.run { connection, _ in
            if let request = try await connection.readHead() {
                _ = try await connection.readBody(of: request)
                complete.withLock { $0 += 1 }
                // An answer does not make up for it.
                try await connection.respond()
            }
            _ = try await connection.drain()
        } _: { server in
            try await withClient { client in
                let error = await #expect(throws: HTTPError.self) {
                    try await client.execute(
                        HTTPRequest(
                            method: "PUT", url: server.url,
                            body: .stream(length: example.length) { example.stream }))
                }
                #expect(error?.code == .requestBody)
                #expect(error?.isRetryable == false)
                #expect(error?.message.contains(example.words) == true)
                #expect((error?.cause is Broken) == example.name.hasPrefix("failing"))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func acceptsARefusalInTheMiddle(streamed: Bool) async throws {
        try await TestServer.run { connection, _ in
            _ = try await connection.readHead()
            _ = try await connection.read(10)
            try await connection.write("HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\ntoo ")
            try await Task.sleep(for: .milliseconds(50))
            try await connection.write("large")
            _ = try await connection.drain()
        } _: { server in
            try await withClient { client in
                let body =
                    streamed
                    ? HTTPRequestBody.stream(length: 100_000_000) {
                        TestStream { index in
                            if index > 3 { try await Task.sleep(for: .seconds(60)) }
                            return [UInt8](repeating: 1, count: 100)
                        }
                    } : .bytes([UInt8](repeating: 1, count: 20_000_000))
                let response = try await client.execute(HTTPRequest(method: "PUT", url: server.url, body: body))
                #expect(response.status == 413)
                let text = try await response.body.collect(upTo: 100)
                #expect(text == Array("too large".utf8))
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func doesNotHangOnAServerThatTalksBeforeItListens() async throws {
        try await TestServer.run { connection, _ in
            _ = try await connection.readHead()
            try await connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while true { try await connection.write([UInt8](repeating: 1, count: 100_000)) }
        } _: { server in
            try await withClient { client in
                // Many times: the head has come when the transfer fails, and must not be taken for the answer.
                for _ in 0..<10 {
                    let error = await #expect(throws: HTTPError.self) {
                        try await client.execute(
                            HTTPRequest(
                                method: "PUT", url: server.url,
                                body: .stream(length: 100_000_000) {
                                    TestStream { _ in [UInt8](repeating: 1, count: 1000) }
                                }))
                    }
                    #expect([HTTPError.Code.protocol, .connectionLost].contains(error?.code))
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func letsTheStreamRunToItsEnd() async throws {
        let ended = Mutex(false)
        try await TestServer.run { connection, _ in
            _ = try await connection.readRequest()
            try await connection.respond()
        } _: { server in
            try await withClient { client in
                _ = try await client.execute(
                    HTTPRequest(
                        method: "PUT", url: server.url,
                        body: .stream(length: 1) {
                            TestStream { index in
                                if index == 0 { return [1] }
                                try await Task.sleep(for: .milliseconds(30))
                                ended.withLock { $0 = true }
                                return nil
                            }
                        }))
                #expect(ended.withLock { $0 })
            }
        }
    }

    @Test(
        .timeLimit(.minutes(1)), .enabled(if: residentMemoryIsTelling, "the address sanitizer keeps what was freed"))
    func keepsNothingOfABigUploadInMemory() async throws {
        try await TestServer.run { connection, _ in
            _ = try await connection.readHead()
            var left = 256 << 20
            while left > 0 { left -= try await connection.read(1 << 20).count }
            try await connection.respond()
        } _: { server in
            try await withClient { client in
                let before = residentMemory()
                let peak = Mutex(0)
                let response = try await client.execute(
                    HTTPRequest(
                        method: "PUT", url: server.url,
                        body: .stream(length: 256 << 20) {
                            TestStream { index in
                                if index % 16 == 0 { peak.withLock { $0 = max($0, residentMemory()) } }
                                return index < 256 ? [UInt8](repeating: 1, count: 1 << 20) : nil
                            }
                        }))
                #expect(response.status == 200)
                // Other tests run meanwhile.
                #expect(peak.withLock { $0 } - before < 200 << 20)
            }
        }
    }
}

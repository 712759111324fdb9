import CurlKit
import Synchronization
import Testing

/// Servers that are slow, broken or hostile.
@Suite struct HTTPClientFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let handler: TestServer.Handler
        var request: @Sendable (String) -> HTTPRequest = { HTTPRequest(url: $0 + "/k?X-Amz-Signature=secret") }
        let code: HTTPError.Code
        let isRetryable: Bool
        let words: String
        var testDescription: String { name }
    }

    /// Reads the head of a request and answers with some text.
    static func answer(_ text: String) -> TestServer.Handler {
        { connection, _ in
            _ = try await connection.readHead()
            try await connection.write(text)
        }
    }

    /// Reads the head of a request, answers with some text, and then does nothing.
    static func hang(after text: String) -> TestServer.Handler {
        { connection, _ in
            _ = try await connection.readHead()
            try await connection.write(text)
            _ = try await connection.drain()
        }
    }

    static let impatient: @Sendable (String) -> HTTPRequest = {
        HTTPRequest(url: $0 + "/k?X-Amz-Signature=secret", stallTimeout: .milliseconds(100))
    }

    static let faults = [
        Fault(
            name: "nothing at all", handler: answer(""), code: .connectionLost, isRetryable: true,
            words: "the connection ended too early"),
        Fault(
            name: "half a head", handler: answer("HTTP/1.1 200 OK\r\nContent-Le"), code: .connectionLost,
            isRetryable: true, words: "the connection ended too early"),
        Fault(
            name: "no HTTP", handler: answer("SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"), code: .protocol, isRetryable: true,
            words: "the answer is not proper HTTP"),
        Fault(
            name: "a broken status", handler: answer("HTTP/1.1 abc OK\r\n\r\n"), code: .protocol, isRetryable: true,
            words: ""),
        Fault(
            name: "binary noise", handler: answer("\u{0}\u{1}\u{2}HTTP\r\n\r\n"), code: .protocol, isRetryable: true,
            words: "the answer is not proper HTTP"),
        Fault(
            name: "a head without end",
            handler: { connection, _ in
                _ = try await connection.readHead()
                try await connection.write("HTTP/1.1 200 OK\r\n")
                while true { try await connection.write("X-Filler: \(String(repeating: "x", count: 900))\r\n") }
            }, code: .protocol, isRetryable: true, words: "the head of the response is larger than 65536 bytes"),
        Fault(
            name: "interim responses without end",
            handler: { connection, _ in
                _ = try await connection.readHead()
                while true {
                    try await connection.write("HTTP/1.1 102 Processing\r\n\r\n")
                    try await Task.sleep(for: .milliseconds(5))
                }
            },
            request: { HTTPRequest(url: $0 + "/k?X-Amz-Signature=secret", totalTimeout: .milliseconds(100)) },
            code: .timeout, isRetryable: true, words: "it took longer than 0.1 seconds"),
        Fault(
            name: "a body that is cut", handler: answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
            code: .connectionLost, isRetryable: true, words: "the connection ended too early"),
        Fault(
            name: "a chunked body that is cut",
            handler: answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"),
            code: .connectionLost, isRetryable: true, words: "the connection ended too early"),
        Fault(
            name: "broken chunks",
            handler: answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n12345\r\n"),
            code: .connectionLost, isRetryable: true, words: "the connection ended too early"),
        Fault(
            name: "no answer", handler: hang(after: ""), request: impatient, code: .stalled, isRetryable: true,
            words: "no byte moved for 0.1 seconds"),
        Fault(
            name: "half a body, then nothing",
            handler: hang(after: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"), request: impatient,
            code: .stalled, isRetryable: true, words: "no byte moved for 0.1 seconds"),
        Fault(
            name: "an upload that is not read",
            handler: { connection, _ in
                try await Task.sleep(for: .milliseconds(500))
                _ = try await connection.drain()
            },
            request: {
                HTTPRequest(
                    method: "PUT", url: $0 + "/k?X-Amz-Signature=secret",
                    body: .bytes([UInt8](repeating: 1, count: 20_000_000)), stallTimeout: .milliseconds(100))
            }, code: .stalled, isRetryable: true, words: "no byte moved for 0.1 seconds"),
        Fault(
            name: "a drip of bytes beyond the total",
            handler: { connection, _ in
                _ = try await connection.readHead()
                try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
                while true {
                    try await connection.write("x")
                    try await Task.sleep(for: .milliseconds(5))
                }
            },
            request: { HTTPRequest(url: $0 + "/k?X-Amz-Signature=secret", totalTimeout: .milliseconds(150)) },
            code: .timeout, isRetryable: true, words: "it took longer than 0.15 seconds"),
        Fault(
            name: "more than wanted", handler: answer("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 2000)),
            code: .bodyTooLarge, isRetryable: false, words: "the response is larger than 1000 bytes"),
        Fault(
            name: "more than wanted, as announced",
            handler: hang(after: "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"),
            code: .bodyTooLarge, isRetryable: false, words: "the response is larger than 1000 bytes"),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: faults)
    func turnIntoErrors(_ fault: Fault) async throws {
        try await TestServer.run(handler: fault.handler) { server in
            try await withClient { client in
                let error = await #expect(throws: HTTPError.self) {
                    let response = try await client.execute(fault.request(server.url))
                    return try await response.body.collect(upTo: 1000)
                }
                #expect(error?.code == fault.code)
                #expect(error?.isRetryable == fault.isRetryable)
                let message = try #require(error?.message)
                #expect(message.contains(fault.words))
                #expect(message.contains("\(server.url)/k?…: "))
                #expect(!message.contains("secret"))
                // The connection is not left open.
                try await server.waitUntilClosed(1)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func doesNotBlameTheServerForASlowReaderOrWriter() async throws {
        let size = 3_000_000
        try await TestServer.run { connection, _ in
            while let (_, body) = try await connection.readRequest() {
                try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\nX-Got: \(body.count)\r\n\r\n")
                try await connection.write([UInt8](repeating: 7, count: size))
            }
        } _: { server in
            try await withClient { client in
                let request = HTTPRequest(
                    method: "PUT", url: server.url,
                    body: .stream(length: 1) {
                        TestStream { index in
                            try await Task.sleep(for: .milliseconds(1200))
                            return index < 1 ? [1] : nil
                        }
                    }, stallTimeout: .seconds(1))
                let response = try await client.execute(request)
                #expect(response.headers["x-got"] == "1")
                var count = 0
                for try await chunk in response.body {
                    if count == 0 { try await Task.sleep(for: .milliseconds(1200)) }
                    count += chunk.count
                }
                #expect(count == size)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func namesTheHostWhenThereIsNoServer() async throws {
        // A port that was just free.
        let port = try await TestServer.run(handler: { _, _ in }) { $0.port }
        try await withClient { client in
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(HTTPRequest(url: "http://user:pass@127.0.0.1:\(port)/k?a=b"))
            }
            #expect(error?.code == .connect)
            #expect(error?.isRetryable == true)
            let message = try #require(error?.message)
            #expect(message.hasPrefix("GET http://127.0.0.1:\(port)/k?…: no connection could be made ("))
            #expect(message.hasSuffix("; check the address, and that the server is running"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func namesHostsThatDoNotExist() async throws {
        try await withClient { client in
            let error = await #expect(throws: HTTPError.self) {
                try await client.execute(HTTPRequest(url: "http://host.invalid/"))
            }
            #expect(error?.code == .resolve)
        }
    }
}

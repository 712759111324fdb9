import CurlKit
import Synchronization
import Testing

/// Responses of all shapes.
@Suite struct HTTPClientResponseTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var method = "GET"
        let status: Int
        let headers: HTTPHeaders
        let body: String
        var expectedLength: Int64?
        var testDescription: String { name }
    }

    static let shapes = [
        Shape(
            name: "length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200,
            headers: ["Content-Length": "5"], body: "hello", expectedLength: 5),
        Shape(
            name: "until the end", text: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", status: 200,
            headers: ["Connection": "close"], body: "hello"),
        Shape(
            name: "chunks, extensions and trailers",
            text:
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nX-Late: 1\r\n\r\n",
            status: 200, headers: ["Transfer-Encoding": "chunked"], body: "hello!"),
        Shape(
            name: "interim responses first",
            text: """
                HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n\
                HTTP/1.1 201 Created\r\nETag: "abc"\r\nContent-Length: 0\r\n\r\n
                """, status: 201, headers: ["ETag": "\"abc\"", "Content-Length": "0"], body: "", expectedLength: 0),
        Shape(
            name: "duplicates, case, spaces, folding",
            text: "HTTP/1.1 404 Not Found\r\nx-a:1\r\nX-A:  2 \r\nEmpty:\r\nF: a\r\n  b\r\nContent-Length: 0\r\n\r\n",
            status: 404,
            headers: ["x-a": "1", "X-A": "2", "Empty": "", "F": "a b", "Content-Length": "0"], body: "",
            expectedLength: 0),
        Shape(
            name: "no content", text: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, headers: [:], body: ""),
        Shape(
            name: "HEAD", text: "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", method: "HEAD", status: 200,
            headers: ["Content-Length": "12345"], body: ""),
        Shape(
            name: "not modified", text: "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", status: 304,
            headers: ["ETag": "\"x\""], body: ""),
        Shape(
            name: "content coding is left alone",
            text: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", status: 200,
            headers: ["Content-Encoding": "gzip", "Content-Length": "3"], body: "abc", expectedLength: 3),
        Shape(
            name: "HTTP/1.0", text: "HTTP/1.0 200 OK\r\n\r\nold", status: 200, headers: [:], body: "old"),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: shapes, [false, true])
    func areRead(_ shape: Shape, byteByByte: Bool) async throws {
        try await TestServer.run { connection, _ in
            _ = try await connection.readHead()
            if byteByByte {
                for byte in shape.text.utf8 {
                    try await connection.write([byte])
                    await Task.yield()
                }
            } else {
                try await connection.write(shape.text)
            }
        } _: { server in
            try await withClient { client in
                let response = try await client.execute(HTTPRequest(method: shape.method, url: server.url))
                #expect(response.status == shape.status)
                #expect(response.headers == shape.headers)
                #expect(response.body.expectedLength == shape.expectedLength)
                let body = try await response.body.collect(upTo: 1000)
                #expect(String(decoding: body, as: UTF8.self) == shape.body)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["GET", "HEAD", "PUT", "POST", "DELETE"])
    func followsRedirectsOnlyWhenReading(method: String) async throws {
        let targets = Mutex<[String]>([])
        try await TestServer.run { connection, _ in
            while let (request, _) = try await connection.readRequest() {
                targets.withLock { $0.append("\(request.method) \(request.target)") }
                if request.target == "/end" {
                    try await connection.respond(headers: [("X-End", "1")])
                } else {
                    try await connection.respond(302, headers: [("Location", "/end")])
                }
            }
        } _: { server in
            try await withClient { client in
                let body = method == "PUT" || method == "POST" ? HTTPRequestBody.bytes([1]) : .none
                let request = HTTPRequest(
                    method: method, url: server.url + "/start", body: body, followRedirects: true)
                let response = try await client.execute(request)
                let follows = method == "GET" || method == "HEAD"
                #expect(response.status == (follows ? 200 : 302))
                #expect(response.headers["x-end"] == (follows ? "1" : nil))
                #expect(response.headers["location"] == (follows ? nil : "/end"))
                #expect(targets.withLock { $0 } == ["\(method) /start"] + (follows ? ["\(method) /end"] : []))
                // Unless asked to, it follows none.
                let unasked = try await client.execute(HTTPRequest(url: server.url + "/start"))
                #expect(unasked.status == 302)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func givesUpEndlessRedirects() async throws {
        try await TestServer.run { connection, _ in
            while try await connection.readRequest() != nil {
                try await connection.respond(307, headers: [("Location", "/again")])
            }
        } _: { server in
            try await withClient { client in
                let error = await #expect(throws: HTTPError.self) {
                    try await client.execute(HTTPRequest(url: server.url, followRedirects: true))
                }
                #expect(error?.code == .tooManyRedirects)
                #expect(error?.isRetryable == false)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func doesNotFollowToOtherSchemes() async throws {
        try await TestServer.run { connection, _ in
            while try await connection.readRequest() != nil {
                try await connection.respond(302, headers: [("Location", "file:///etc/passwd")])
            }
        } _: { server in
            try await withClient { client in
                let error = await #expect(throws: HTTPError.self) {
                    try await client.execute(HTTPRequest(url: server.url, followRedirects: true))
                }
                #expect(error?.code == .invalidRequest)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func makesTheServerWaitForASlowReader() async throws {
        let size = 192 << 20
        let written = Mutex(0)
        try await TestServer.run { connection, _ in
            _ = try await connection.readHead()
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            let chunk = [UInt8](repeating: 5, count: 1 << 20)
            for _ in 0..<(size >> 20) {
                try await connection.write(chunk)
                written.withLock { $0 += chunk.count }
            }
            _ = try await connection.drain()
        } _: { server in
            try await withClient { client in
                let response = try await client.execute(HTTPRequest(url: server.url))
                try await Task.sleep(for: .milliseconds(200))
                // What did not go into our buffer and the system's, which may have 36 MiB, is not even sent.
                #expect(written.withLock { $0 } < 64 << 20)
                var count = 0
                var largest = 0
                for try await chunk in response.body {
                    count += chunk.count
                    largest = max(largest, chunk.count)
                }
                #expect(count == size)
                #expect(largest <= client.configuration.responseBufferSize + 128 * 1024)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func makesAFastWriterWaitForTheServer() async throws {
        let made = Counter()
        let mayRead = Mutex(false)
        try await TestServer.run { connection, _ in
            guard let request = try await connection.readHead() else { return }
            while !mayRead.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
            var count = 0
            while count < 64 << 20 { count += try await connection.read(1 << 20).count }
            try await connection.respond(headers: [("X-Length", request.header("content-length") ?? "")])
        } _: { server in
            try await withClient { client in
                async let response = client.execute(
                    HTTPRequest(
                        method: "PUT", url: server.url,
                        body: .stream(length: 64 << 20) {
                            TestStream { index in
                                made.increment()
                                return index < 64 ? [UInt8](repeating: 1, count: 1 << 20) : nil
                            }
                        }))
                try await Task.sleep(for: .milliseconds(200))
                #expect(made.value < 32)
                mayRead.withLock { $0 = true }
                let length = try await response.headers["x-length"]
                #expect(length == "67108864")
            }
        }
    }
}

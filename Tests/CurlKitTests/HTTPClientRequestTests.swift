import CurlKit
import Synchronization
import Testing

/// What arrives at the server, and what comes back.
@Suite struct HTTPClientRequestTests {
    /// Answers every request with itself: the head in headers, the body as the body.
    static let echo: TestServer.Handler = { connection, _ in
        while let (request, body) = try await connection.readRequest() {
            let names = request.headers.map { $0.name.lowercased() }.sorted().joined(separator: ",")
            var head =
                "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\nX-Line: \(request.method) \(request.target)\r\n"
            head += "X-Names: \(names)\r\n"
            for name in ["content-length", "transfer-encoding", "content-type", "user-agent", "x-test"] {
                if let value = request.header(name) { head += "X-\(name): \(value)\r\n" }
            }
            try await connection.write(head + "\r\n")
            if request.method != "HEAD" { try await connection.write(body) }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let request: @Sendable (String) -> HTTPRequest
        let line: String
        let names: String
        var length: String?
        var transferEncoding: String?
        var contentType: String?
        var body: [UInt8] = []
        var testDescription: String { name }
    }

    static let big = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })

    static let cases = [
        Case(
            name: "GET", request: { HTTPRequest(url: $0 + "/a/../b//c?x=%2F&y") }, line: "GET /a/../b//c?x=%2F&y",
            names: "accept,host,user-agent"),
        Case(
            name: "HEAD", request: { HTTPRequest(method: "HEAD", url: $0 + "/h") }, line: "HEAD /h",
            names: "accept,host,user-agent"),
        Case(
            name: "DELETE", request: { HTTPRequest(method: "DELETE", url: $0 + "/d") }, line: "DELETE /d",
            names: "accept,host,user-agent"),
        Case(
            name: "POST without a body", request: { HTTPRequest(method: "POST", url: $0 + "/?uploads") },
            line: "POST /?uploads", names: "accept,content-length,host,user-agent", length: "0"),
        Case(
            name: "PUT of nothing", request: { HTTPRequest(method: "PUT", url: $0 + "/p", body: .bytes([])) },
            line: "PUT /p", names: "accept,content-length,host,user-agent", length: "0"),
        Case(
            name: "small PUT",
            request: {
                HTTPRequest(
                    method: "PUT", url: $0 + "/p", headers: ["Content-Type": "text/x-nix-narinfo"],
                    body: .bytes(Array("hello".utf8)))
            },
            line: "PUT /p", names: "accept,content-length,content-type,host,user-agent", length: "5",
            contentType: "text/x-nix-narinfo", body: Array("hello".utf8)),
        Case(
            name: "large PUT", request: { HTTPRequest(method: "PUT", url: $0 + "/p", body: .bytes(big)) },
            line: "PUT /p", names: "accept,content-length,host,user-agent", length: "3000000", body: big),
        Case(
            name: "large POST", request: { HTTPRequest(method: "POST", url: $0 + "/p", body: .bytes(big)) },
            line: "POST /p", names: "accept,content-length,host,user-agent", length: "3000000", body: big),
        Case(
            name: "stream of known length",
            request: {
                HTTPRequest(
                    method: "PUT", url: $0 + "/p",
                    body: .stream(length: 3_000_000) {
                        TestStream { $0 < 30 ? Array(big[($0 * 100_000)..<(($0 + 1) * 100_000)]) : nil }
                    })
            },
            line: "PUT /p", names: "accept,content-length,host,user-agent", length: "3000000", body: big),
        Case(
            name: "stream of unknown length",
            request: {
                HTTPRequest(
                    method: "PUT", url: $0 + "/p",
                    body: .stream(length: nil) { TestStream { $0 < 3 ? Array("ab\($0)".utf8) : nil } })
            },
            line: "PUT /p", names: "accept,host,transfer-encoding,user-agent", transferEncoding: "chunked",
            body: Array("ab0ab1ab2".utf8)),
        Case(
            name: "empty stream",
            request: {
                HTTPRequest(method: "PUT", url: $0 + "/p", body: .stream(length: 0) { TestStream { _ in nil } })
            },
            line: "PUT /p", names: "accept,content-length,host,user-agent", length: "0"),
        Case(
            name: "stream with empty chunks",
            request: {
                HTTPRequest(
                    method: "PUT", url: $0 + "/p",
                    body: .stream(length: 2) { TestStream { $0 < 6 ? ($0 % 3 == 1 ? [65] : []) : nil } })
            },
            line: "PUT /p", names: "accept,content-length,host,user-agent", length: "2", body: [65, 65]),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: cases)
    func sends(_ example: Case) async throws {
        try await TestServer.run(handler: Self.echo) { server in
            try await withClient { client in
                let response = try await client.execute(example.request(server.url))
                #expect(response.status == 200)
                #expect(response.headers["x-line"] == example.line)
                #expect(response.headers["x-names"] == example.names)
                #expect(response.headers["x-content-length"] == example.length)
                #expect(response.headers["x-transfer-encoding"] == example.transferEncoding)
                #expect(response.headers["x-content-type"] == example.contentType)
                #expect(response.headers["x-user-agent"] == "niks3")
                let body = try await response.body.collect(upTo: 4_000_000)
                #expect(body == example.body)
            }
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            (
                HTTPRequest(url: "ftp://h/x"),
                "GET ftp://h/x: the URL does not begin with http:// or https://; check how it is written"
            ),
            (HTTPRequest(url: "http:///x"), "GET http:///x: the URL has no host; check how it is written"),
            (
                HTTPRequest(url: "http://h/a b?s=1"),
                "GET http://h/a?b?…: the URL has spaces, controls or letters beyond ASCII; percent-encode them"
            ),
            (
                HTTPRequest(url: "http://h/", headers: ["X": "a\r\nY: b"]),
                "GET http://h/: the header X holds a line break or control; remove it"
            ),
            (
                HTTPRequest(url: "http://h/", headers: ["X:": "a"]),
                "GET http://h/: a header has a name that is not a word; check the request's headers"
            ),
            (
                HTTPRequest(method: "G T", url: "http://h/"),
                "the method of a request is not a word; use GET, PUT and the like"
            ),
            (
                HTTPRequest(method: "HEAD", url: "http://h/", body: .bytes([1])),
                "HEAD http://h/: a HEAD request has no body; leave it out"
            ),
        ])
    func refusesInvalidRequests(request: HTTPRequest, message: String) async throws {
        try await withClient { client in
            let error = await #expect(throws: HTTPError.self) { try await client.execute(request) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.isRetryable == false)
            #expect(error?.message == message)
        }
    }
}

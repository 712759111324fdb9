import CacheServer
import Testing

/// Requests whose length two readers might see differently, to slip a second request past the one in front.
@Suite(.timeLimit(.minutes(2))) struct SmugglingTests {
    static var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.linger = .milliseconds(100)
        limits.idle = .milliseconds(700)
        return limits
    }

    /// The request that must not be answered: only it would get a 200.
    static let hidden = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"

    /// The fields that frame the first request, and what comes before the hidden one.
    static let shapes: [(String, String)] = {
        let length = hidden.utf8.count
        return [
            ("Content-Length: \(length + 5)\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
            ("Transfer-Encoding: chunked\r\nContent-Length: \(length + 5)", "0\r\n\r\n"),
            ("Content-Length: \(length)\r\nContent-Length: 0", ""),
            ("Content-Length: 0\r\nContent-Length: \(length)", ""),
            ("Content-Length: 0, \(length)", ""), ("Content-Length: \(length), 0", ""),
            ("Content-Length: +\(length)", ""), ("Content-Length: -\(length)", ""), ("Content-Length: 0x\(length)", ""),
            ("Content-Length: \(length) 0", ""), ("Content-Length: \(length)\u{B}", ""),
            ("Content-Length: 18446744073709551616", ""), ("Content-Length: 9223372036854775808", ""),
            ("Content-Length : \(length)", ""), (" Content-Length: \(length)", ""),
            ("X: y\r\n Content-Length: \(length)", ""),
            ("Transfer-Encoding: xchunked", "0\r\n\r\n"), ("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
            ("Transfer-Encoding: identity, chunked\r\nContent-Length: \(length + 5)", "0\r\n\r\n"),
            ("Transfer-Encoding : chunked\r\nContent-Length: \(length + 5)", "0\r\n\r\n"),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\nContent-Length: \(length + 5)", "0\r\n\r\n"),
            ("Transfer-Encoding:\u{B}chunked\r\nContent-Length: \(length + 5)", "0\r\n\r\n"),
            ("Transfer-Encoding: \"chunked\"\r\nContent-Length: \(length + 5)", "0\r\n\r\n"),
            ("X: y\rTransfer-Encoding: chunked\r\nContent-Length: \(length + 5)", "0\r\n\r\n"),
            ("Transfer-Encoding: chunked", "-1\r\n"), ("Transfer-Encoding: chunked", "0x0\r\n\r\n"),
            ("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFF\r\n"), ("Transfer-Encoding: chunked", "\r\n\r\n"),
            ("Transfer-Encoding: chunked", "1\r\nab\r\n0\r\n\r\n"),
        ]
    }()

    @Test(arguments: shapes)
    func shape(fields: String, before: String) async throws {
        try await TestServer.run(limits: Self.limits) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try? await connection.send(
                        "POST /api/pushes HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\r\n\(before)\(Self.hidden)")
                    let answer = await connection.receiveAll()
                    #expect(!answer.contains("HTTP/1.1 200"), "\(answer)")
                }
            }
        }
    }

    /// A request that waits behind another is answered as itself, with its own credential.
    @Test func pipelining() async throws {
        try await TestServer.run(limits: Self.limits) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(
                        "GET /api/pins HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(TestServer.token)\r\n\r\n"
                            + "GET /api/pins HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    let answer = await connection.receiveAll()
                    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                    #expect(answer.contains("HTTP/1.1 401 Unauthorized\r\n"))
                    #expect(answer.ranges(of: "HTTP/1.1 ").count == 2)
                }
            }
        }
    }

    @Test(arguments: [
        "GET /health\r\nX: y HTTP/1.1\r\nHost: x\r\n\r\n", "GET /health HTTP/1.1\r\nHost: x\r\nX: \u{0}\r\n\r\n",
    ])
    func brokenHeads(request: String) async throws {
        try await TestServer.run(limits: Self.limits) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try? await connection.send(request)
                    #expect(await connection.receiveAll().contains("HTTP/1.1 200") == false)
                }
            }
        }
    }
}

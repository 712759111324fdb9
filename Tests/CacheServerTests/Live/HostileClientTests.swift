import CacheServer
import NIOCore
import NIOPosix
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Clients that send too slowly, too much or nonsense.
@Suite(.timeLimit(.minutes(5))) struct HostileClientTests {
    static let authorized = "Host: localhost\r\nAuthorization: Bearer \(TestServer.token)\r\n"

    static var shortIdle: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.idle = .milliseconds(300)
        return limits
    }

    static var shortLinger: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.linger = .milliseconds(200)
        return limits
    }

    @Test(arguments: [
        "", "GET /hea", "GET /health HTTP/1.1\r\nHost: x\r\n",
        "POST /api/pushes HTTP/1.1\r\n\(authorized)Content-Length: 9\r\n\r\n{",
        "POST /api/pushes HTTP/1.1\r\n\(authorized)Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ])
    func idleOnesAreCut(sent: String) async throws {
        try await TestServer.run(limits: Self.shortIdle) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(sent)
                    #expect(await connection.receiveAll() == "")
                }
            }
        }
    }

    @Test func slowOnesAreCut() async throws {
        var limits = ConnectionLimits()
        limits.transferGrace = .milliseconds(300)
        limits.minimumRate = 1_000_000
        let head = "POST /api/pushes HTTP/1.1\r\n\(Self.authorized)Content-Length: 1000\r\n\r\n"
        try await TestServer.run(limits: limits) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(head)
                    await #expect(throws: (any Error).self) {
                        for _ in 0..<1000 {
                            try await connection.send(" ")
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: ["Content-Length: 1000000000000", "Transfer-Encoding: chunked"])
    func endlessOnesGetTheirAnswerAndAreCut(framing: String) async throws {
        try await TestServer.run(limits: Self.shortLinger) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send("POST /api/pushes HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
                    let chunk = "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n"
                    await #expect(throws: (any Error).self) {
                        for _ in 0..<10_000 {
                            try await connection.send(chunk)
                            try await Task.sleep(for: .milliseconds(2))
                        }
                    }
                    let answer = await connection.receiveAll()
                    #expect(answer.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
                    #expect(answer.contains("\r\nConnection: close\r\n"))
                    #expect(answer.hasSuffix("\r\n\r\nUnauthorized"))
                }
            }
        }
    }

    @Test func tooLargeBodiesAreRefusedBeforeTheyCome() async throws {
        try await TestServer.run(limits: Self.shortLinger) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(
                        "POST /api/pushes HTTP/1.1\r\n\(Self.authorized)Expect: 100-continue\r\n"
                            + "Content-Length: 134217729\r\n\r\n")
                    let answer = await connection.receiveAll()
                    #expect(answer.hasPrefix("HTTP/1.1 413 "))
                }
            }
        }
    }

    @Test func theBodyIsAskedForWhenItIsWanted() async throws {
        try await TestServer.run { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(
                        "POST /api/objects/present HTTP/1.1\r\n\(Self.authorized)Expect: 100-continue\r\n"
                            + "Content-Length: 11\r\nConnection: close\r\n\r\n")
                    try await connection.receive(until: "\r\n\r\n")
                    #expect(connection.received == "HTTP/1.1 100 Continue\r\n\r\n")
                    try await connection.send(#"{"keys":[]}"#)
                    let answer = await connection.receiveAll()
                    #expect(answer.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"))
                    #expect(answer.hasSuffix("\r\n\r\n" + #"{"present":[]}"#))
                }
            }
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /api/pushes HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "POST /api/pushes HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /api/pushes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "x", count: 200_000) + "\r\n\r\n",
    ])
    func nonsenseIsRefused(request: String) async throws {
        try await TestServer.run(limits: Self.shortLinger) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    // The server may close while we are still sending.
                    try? await connection.send(request)
                    let answer = await connection.receiveAll()
                    #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
                }
                try await RawConnection.open(port: port) { connection in
                    try await connection.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    #expect(await connection.receiveAll().hasPrefix("HTTP/1.1 200 OK\r\n"))
                }
            }
        }
    }

    /// A head that comes byte by byte takes a connection no longer than one that does not come.
    @Test func slowHeadsAreCut() async throws {
        try await TestServer.run(limits: Self.shortIdle) { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send("GET /health HTTP/1.1\r\nX: ")
                    await #expect(throws: (any Error).self) {
                        for _ in 0..<1000 {
                            try await connection.send("y")
                            try await Task.sleep(for: .milliseconds(50))
                        }
                    }
                }
            }
        }
    }

    @Test func manyThatSayNothing() async throws {
        try raiseFileLimit(to: 4096)
        try await TestServer.run { server in
            try await server.live { port in
                let silent = try await Self.connections(1000, port: port)
                for _ in 0..<10 {
                    try await RawConnection.open(port: port) { connection in
                        try await connection.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        #expect(await connection.receiveAll().hasSuffix("\r\n\r\nOK"))
                    }
                }
                for channel in silent { try? await channel.close() }
            }
        }
    }

    private static func connections(_ count: Int, port: Int) async throws -> [any Channel] {
        try await withThrowingTaskGroup(of: (any Channel).self) { tasks in
            for _ in 0..<count {
                tasks.addTask {
                    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .connect(host: "127.0.0.1", port: port).get()
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
    }

    private func raiseFileLimit(to number: rlim_t) throws {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        #expect(getrlimit(resource, &limit) == 0)
        limit.rlim_cur = max(limit.rlim_cur, min(number, limit.rlim_max))
        #expect(setrlimit(resource, &limit) == 0)
    }
}

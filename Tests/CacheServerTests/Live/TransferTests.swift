import CacheCore
import CacheServer
import CacheStorage
import NIOCore
import NarKit
import Testing

/// Bodies over real sockets, in both directions.
@Suite(.timeLimit(.minutes(1))) struct TransferTests {
    static let key = "nar/" + String(repeating: "1", count: 52) + ".nar"
    static let size = 16 << 20

    static func get(_ range: String = "") -> String {
        "GET /\(key) HTTP/1.1\r\nHost: x\r\n\(range)Connection: close\r\n\r\n"
    }

    private func withLargeObject(
        limits: ConnectionLimits = ConnectionLimits(), _ body: @Sendable @escaping (Int) async throws -> Void
    ) async throws {
        try await TestServer.run(limits: limits) { server in
            try await server.put([UInt8](repeating: UInt8(ascii: "x"), count: Self.size), at: Self.key)
            try await server.live(body)
        }
    }

    @Test func large() async throws {
        try await withLargeObject { port in
            try await RawConnection.open(port: port) { connection in
                try await connection.send(Self.get())
                try await connection.receive(until: "\r\n\r\n")
                let head = connection.received
                #expect(head.contains("\r\nContent-Length: \(Self.size)\r\n"))
                let headSize = try #require(head.firstRange(of: "\r\n\r\n")).upperBound.utf16Offset(in: head)
                #expect(await connection.countAll() + head.utf8.count - headSize == Self.size)
            }
        }
    }

    @Test func ranges() async throws {
        try await withLargeObject { port in
            try await RawConnection.open(port: port) { connection in
                try await connection.send(Self.get("Range: bytes=\(Self.size - 3)-\r\n"))
                let answer = await connection.receiveAll()
                #expect(answer.hasPrefix("HTTP/1.1 206 Partial Content\r\n"))
                #expect(answer.hasSuffix("\r\n\r\nxxx"))
            }
        }
    }

    /// NIO alone would send an empty chunk, which the next answer on the connection would begin with.
    @Test func headsOfUnknownLength() async throws {
        try await TestServer.run { server in
            let key = String(repeating: "0", count: 32) + ".ls"
            let coded = try Compression.compress(Array("content".utf8), format: .zstd)
            try await server.put(coded, at: key, contentEncoding: "zstd")
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    let head = "HEAD /\(key) HTTP/1.1\r\nHost: x\r\n\r\n"
                    try await connection.send(head + head)
                    try await connection.send("GET /\(key) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    let answers = await connection.receiveAll().split(separator: "\r\n\r\n", maxSplits: 3)
                    #expect(answers.count == 4)
                    for answer in answers.prefix(3) {
                        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                        #expect(answer.lowercased().contains("\r\ntransfer-encoding: chunked"))
                        #expect(!answer.lowercased().contains("content-length"))
                    }
                    #expect(answers.last == "7\r\ncontent\r\n0\r\n\r\n")
                }
            }
        }
    }

    @Test func slowReadersAreCut() async throws {
        var limits = ConnectionLimits()
        limits.transferGrace = .milliseconds(200)
        limits.minimumRate = 1_000_000_000
        try await withLargeObject(limits: limits) { port in
            try await RawConnection.open(port: port, receiveBuffer: 4096) { connection in
                try await connection.send(Self.get())
                try await Task.sleep(for: .milliseconds(600))
                #expect(await connection.countAll() < Self.size)
            }
        }
    }

    @Test func readersThatGoAway() async throws {
        try await withLargeObject { port in
            for _ in 0..<20 {
                try await RawConnection.open(port: port, receiveBuffer: 4096) { connection in
                    try await connection.send(Self.get())
                    try await connection.receive(until: "\r\n\r\n")
                }
            }
            try await RawConnection.open(port: port) { connection in
                try await connection.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(await connection.receiveAll().hasSuffix("OK"))
            }
        }
    }

    @Test(arguments: ["Transfer-Encoding: chunked", "Content-Length: 100000"], [true, false])
    func uploadsThatBreakOffLeaveNothing(framing: String, isHalfClosed: Bool) async throws {
        try await TestServer.run { server in
            let path = try await presignedPath(server)
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send("PUT \(path) HTTP/1.1\r\nHost: localhost\r\n\(framing)\r\n\r\n")
                    try await connection.send("8\r\n01234567\r\n")
                    try await Task.sleep(for: .milliseconds(100))
                    if isHalfClosed {
                        connection.finish()
                        let answer = await connection.receiveAll()
                        #expect(!answer.contains("200 OK"), "\(answer)")
                    }
                }
            }
            #expect(try await server.storage.objects.attributes(of: Self.key) == nil)
        }
    }

    @Test func messagesThatBreakOffAreRefused() async throws {
        try await TestServer.run { server in
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send(
                        "POST /api/objects/present HTTP/1.1\r\n\(HostileClientTests.authorized)"
                            + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nnonsense\r\n")
                    let answer = await connection.receiveAll()
                    #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
                    #expect(
                        answer.hasSuffix("\r\n\r\nthe request ended before its body was complete; send it again"))
                }
            }
        }
    }

    @Test func severalRequestsOnOneConnection() async throws {
        try await TestServer.run { server in
            let path = try await presignedPath(server)
            try await server.live { port in
                try await RawConnection.open(port: port) { connection in
                    try await connection.send("PUT \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc")
                    try await connection.receive(until: "\r\n\r\n")
                    #expect(connection.received.hasPrefix("HTTP/1.1 200 OK\r\n"))
                    try await connection.send("HEAD /\(Self.key) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    try await connection.receive(until: "Content-Length: 3\r\n")
                    try await connection.send(Self.get())
                    #expect(await connection.receiveAll().hasSuffix("\r\n\r\nabc"))
                }
            }
        }
    }

    @Test func stoppingLetsRequestsFinish() async throws {
        try await TestServer.run { server in
            let path = try await presignedPath(server)
            try await server.live { port, stop in
                try await RawConnection.open(port: port) { idle in
                    try await RawConnection.open(port: port) { connection in
                        try await connection.send(
                            "PUT \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na")
                        try await Task.sleep(for: .milliseconds(100))
                        await stop()
                        #expect(await idle.receiveAll() == "")
                        try await connection.send("bc")
                        #expect(await connection.receiveAll().hasPrefix("HTTP/1.1 200 OK\r\n"))
                    }
                }
                await #expect(throws: (any Error).self) { try await RawConnection.open(port: port) { _ in } }
            }
            #expect(try await server.storage.objects.attributes(of: Self.key)?.size == 3)
        }
    }

    private func presignedPath(_ server: TestServer) async throws -> String {
        let url = try await server.storage.objects.presignedPut(
            for: Self.key,
            grant: UploadGrant(
                signedAt: try await server.storage.metadata.instant(), lifetime: .seconds(60),
                origin: URLOrigin(scheme: "http", authority: "localhost"), maximumSize: 1 << 20))
        return String(url.dropFirst("http://localhost".count))
    }
}

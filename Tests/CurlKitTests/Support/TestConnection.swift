import NIOCore

/// One connection of a test server.
final class TestConnection {
    /// A request as it arrived; its body may be left unread.
    struct Request {
        var method: String
        var target: String
        var headers: [(name: String, value: String)]

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
    }

    struct Closed: Error {}

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var unread = ByteBuffer()

    init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    /// Reads a head, or returns `nil` if the client closed the connection before one.
    func readHead() async throws -> Request? {
        while true {
            let view = unread.readableBytesView
            if let end = view.firstRange(of: Array("\r\n\r\n".utf8)) {
                let text = String(decoding: view[..<end.lowerBound], as: UTF8.self)
                unread.moveReaderIndex(to: end.upperBound)
                let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
                let words = lines[0].split(separator: " ")
                let headers = lines.dropFirst().map { line in
                    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    return (name: String(parts[0]), value: parts[1].trimmingSpaces())
                }
                return Request(method: String(words[0]), target: String(words[1]), headers: headers)
            }
            guard try await readMore() else { return nil }
        }
    }

    /// Reads a body by the length that the head announced, or in chunks.
    func readBody(of request: Request) async throws -> [UInt8] {
        if request.header("transfer-encoding") == "chunked" {
            var body: [UInt8] = []
            while true {
                let line = try await readLine()
                guard let size = Int(line, radix: 16) else { throw Closed() }
                body += try await read(size)
                _ = try await readLine()
                if size == 0 { return body }
            }
        }
        return try await read(request.header("content-length").flatMap { Int($0) } ?? 0)
    }

    /// Reads a head and a body.
    func readRequest() async throws -> (Request, [UInt8])? {
        guard let request = try await readHead() else { return nil }
        return (request, try await readBody(of: request))
    }

    func read(_ count: Int) async throws -> [UInt8] {
        while unread.readableBytes < count {
            guard try await readMore() else { throw Closed() }
        }
        return unread.readBytes(length: count) ?? []
    }

    /// Drops what the client sends until it closes the connection.
    ///
    /// - Returns: the number of bytes.
    func drain() async throws -> Int {
        var count = unread.readableBytes
        unread.clear()
        while try await readMore() {
            count += unread.readableBytes
            unread.clear()
        }
        return count
    }

    func write(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func write(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Answers with a whole response.
    func respond(_ status: Int = 200, headers: [(String, String)] = [], body: String = "") async throws {
        var text = "HTTP/1.1 \(status) Some Reason\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        try await write(text + "\r\n" + body)
    }

    private func readLine() async throws -> String {
        while true {
            let view = unread.readableBytesView
            if let end = view.firstRange(of: Array("\r\n".utf8)) {
                let line = String(decoding: view[..<end.lowerBound], as: UTF8.self)
                unread.moveReaderIndex(to: end.upperBound)
                return line
            }
            guard try await readMore() else { throw Closed() }
        }
    }

    private func readMore() async throws -> Bool {
        guard var more = try await inbound.next(isolation: #isolation) else { return false }
        unread.discardReadBytes()
        unread.writeBuffer(&more)
        return true
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An HTTP server on the loopback that answers what a test says.
struct FakeServer: Sendable {
    struct Request: Sendable {
        var method: String
        /// The path without its query.
        var path: String
        var query: String
        var headers: [String: String]
        var body: [UInt8]

        var line: String { "\(method) \(path)" }
    }

    struct Response: Sendable {
        var status: Int
        var headers: [(String, String)] = []
        var body: [UInt8] = []

        init(_ status: Int, headers: [(String, String)] = [], text: String = "") {
            self.status = status
            self.headers = headers
            body = Array(text.utf8)
        }

        init(_ status: Int, body: [UInt8]) {
            self.status = status
            self.body = body
        }
    }

    private typealias Channel = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let port: Int

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs a server around a test; the handler is given the server's address too.
    ///
    /// - Parameter port: where it listens; 0 for any port that is free.
    static func run<Outcome: Sendable>(
        port: Int = 0, handler: @escaping @Sendable (_ request: Request, _ url: String) async -> Response,
        _ test: (FakeServer) async throws -> Outcome
    ) async throws -> Outcome {
        let listener = try await listen(port: port)
        let server = FakeServer(port: listener.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await serve(connection) { await handler($0, server.url) } }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await test(server)
        }
    }

    /// Listens; a port that somebody else has at the moment is waited for.
    private static func listen(
        port: Int
    ) async throws -> NIOAsyncChannel<any NIOCore.Channel, Never> {
        var attempts = 0
        while true {
            do {
                // A connection that comes while the server ends is never served: only one that is served may be
                // wrapped, since what wraps it has to be ended.
                return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .serverChannelOption(.backlog, value: 512)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .childChannelOption(.autoRead, value: false)
                    .bind(host: "127.0.0.1", port: port) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                            return channel
                        }
                    }
            } catch let error as IOError where error.errnoCode == EADDRINUSE && attempts < 100 {
                attempts += 1
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private static func serve(
        _ channel: any NIOCore.Channel, _ handler: @Sendable (Request) async -> Response
    ) async throws {
        let connection = try await channel.eventLoop.submit { try Channel(wrappingChannelSynchronously: channel) }.get()
        try await channel.setOption(.autoRead, value: true).get()
        try await connection.executeThenClose { inbound, outbound in
            var request: Request?
            for try await part in inbound {
                switch part {
                case .head(let head):
                    let parts = head.uri.split(separator: "?", maxSplits: 1)
                    request = Request(
                        method: head.method.rawValue, path: String(parts[0]),
                        query: parts.count > 1 ? String(parts[1]) : "",
                        headers: Dictionary(
                            head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }), body: [])
                case .body(let bytes):
                    request?.body += Array(bytes.readableBytesView)
                case .end:
                    guard let complete = request else { return }
                    let response = await handler(complete)
                    var headers = HTTPHeaders(response.headers)
                    if response.status != 204 {
                        headers.add(name: "Content-Length", value: "\(response.body.count)")
                    }
                    try await outbound.write(
                        .head(
                            HTTPResponseHead(
                                version: .http1_1, status: .init(statusCode: response.status), headers: headers)))
                    if complete.method != "HEAD" {
                        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: response.body))))
                    }
                    try await outbound.write(.end(nil))
                }
            }
        }
    }
}

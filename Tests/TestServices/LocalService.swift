public import CurlKit
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A web server on the loopback that answers as a test says and keeps what it was asked.
public final class LocalService: Sendable {
    /// What it was asked.
    public struct Request: Sendable {
        /// The method.
        public var method: String
        /// Path and query as received.
        public var target: String
        /// By names in small letters.
        public var headers: [String: String]
        /// The whole body.
        public var body: [UInt8]

        /// What stands before the `?`.
        public var path: String { String(target.prefix { $0 != "?" }) }
        /// What stands behind it.
        public var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What it answers.
    public struct Reply: Sendable {
        /// The status.
        public var status: Int
        /// Further headers; the length is added.
        public var headers: [(String, String)]
        /// The body.
        public var body: String
        /// Closes the connection instead of answering.
        public var breaksOff: Bool

        /// Makes an answer.
        public init(
            status: Int = 200, headers: [(String, String)] = [], body: String = "", breaksOff: Bool = false
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.breaksOff = breaksOff
        }
    }

    /// Answers a request, whose number counts from 0.
    public typealias Answer = @Sendable (_ request: Request, _ number: Int) async throws -> Reply

    /// The port on 127.0.0.1.
    public let port: Int
    private let received = Mutex<[Request]>([])

    /// All requests so far, in order.
    public var requests: [Request] { received.withLock { $0 } }

    /// Its address.
    public var url: String { "http://127.0.0.1:\(port)" }

    private init(port: Int) {
        self.port = port
    }

    /// Runs a server around a test.
    ///
    /// - Parameters:
    ///   - answer: answers a request; gets its number from 0.
    ///   - test: what to do while the server runs, with a client that asks no proxy.
    @discardableResult
    public static func run<Outcome: Sendable>(
        answer: @escaping Answer, test: (LocalService, HTTPClient) async throws -> Outcome
    ) async throws -> Outcome {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        let service = LocalService(port: server.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await service.serve(connection, answer) }
                        }
                    }
                }
            }
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let client = HTTPClient(configuration: configuration)
            let outcome: Result<Outcome, any Error>
            do {
                outcome = .success(try await test(service, client))
            } catch {
                outcome = .failure(error)
            }
            await client.shutdown()
            group.cancelAll()
            return try outcome.get()
        }
    }

    private func serve(
        _ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>, _ answer: Answer
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var request: Request?
            for try await part in inbound {
                switch part {
                case .head(let head):
                    var headers: [String: String] = [:]
                    for (name, value) in head.headers { headers[name.lowercased()] = value }
                    request = Request(method: head.method.rawValue, target: head.uri, headers: headers, body: [])
                case .body(let bytes): request?.body += Array(bytes.readableBytesView)
                case .end:
                    guard let whole = request else { return }
                    let number = received.withLock { received in
                        received.append(whole)
                        return received.count - 1
                    }
                    let reply = try await answer(whole, number)
                    guard !reply.breaksOff else { return }
                    var head = HTTPResponseHead(
                        version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status))
                    for (name, value) in reply.headers { head.headers.add(name: name, value: value) }
                    if !head.headers.contains(name: "Content-Length"), reply.status != 304, reply.status != 204 {
                        head.headers.add(name: "Content-Length", value: String(reply.body.utf8.count))
                    }
                    try await outbound.write(.head(head))
                    if whole.method != "HEAD" {
                        try await outbound.write(.body(.byteBuffer(ByteBuffer(string: reply.body))))
                    }
                    try await outbound.write(.end(nil))
                }
            }
        }
    }
}

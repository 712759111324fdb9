import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One connection of a client to a ``FaultProxy``, with the one that the proxy has to the service for it.
struct ProxyConnection: Sendable {
    private typealias ClientSide = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    private typealias ServiceSide = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// The request that is under way: a client waits for a reply before it sends the next one.
    private final class Current: Sendable {
        let exchange = Mutex<(number: Int, method: HTTPMethod, fault: Fault?)?>(nil)
    }

    private struct Reset: Error {}

    let proxy: FaultProxy

    /// Passes requests and replies until one side closes, then closes the other.
    func run(_ channel: any Channel) async throws {
        let client = try await wrap(channel)
        try await client.executeThenClose { requests, replies in
            let service = try await connect()
            do {
                try await service.executeThenClose { answers, forwarded in
                    let current = Current()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await passRequests(requests, to: forwarded, or: replies, current) }
                        group.addTask { try await passReplies(answers, to: replies, current) }
                        try await group.next()
                        group.cancelAll()
                    }
                }
            } catch is Reset {
                // Closing is then not a farewell: the other side gets a reset at once.
                try await (channel as? any SocketOptionProvider)?
                    .setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            }
        }
    }

    private func wrap(_ channel: any Channel) async throws -> ClientSide {
        try await channel.eventLoop.submit {
            var encoding = HTTPResponseEncoder.Configuration()
            encoding.automaticallySetFramingHeaders = false
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withEncoderConfiguration: encoding)
            let wrapped = try ClientSide(wrappingChannelSynchronously: channel)
            try channel.syncOptions?.setOption(.autoRead, value: true)
            return wrapped
        }.get()
    }

    private func connect() async throws -> ServiceSide {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: proxy.servicePort) { channel in
                channel.eventLoop.makeCompletedFuture {
                    var encoding = HTTPRequestEncoder.Configuration()
                    encoding.automaticallySetFramingHeaders = false
                    let decoder = HTTPResponseDecoder(
                        leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward)
                    try channel.pipeline.syncOperations.addHandlers(
                        [HTTPRequestEncoder(configuration: encoding), ByteToMessageHandler(decoder)])
                    return try ServiceSide(wrappingChannelSynchronously: channel)
                }
            }
    }

    // MARK: - Requests

    private func passRequests(
        _ requests: NIOAsyncChannelInboundStream<HTTPServerRequestPart>,
        to service: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>,
        or client: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, _ current: Current
    ) async throws {
        /// What to answer in place of the service; the body of the request is then read in vain.
        var answer: [HTTPServerResponsePart]?
        for try await part in requests {
            switch part {
            case .head(let head):
                let (number, fault) = proxy.begin(ProxiedRequest(method: head.method.rawValue, target: head.uri))
                answer = nil
                switch fault {
                case .answer(let status, let type, let body):
                    proxy.note(status: status, of: number)
                    answer = Self.answer(to: head, status: status, contentType: type, body: body)
                    continue
                case .resetBeforeRequest: throw Reset()
                case .delay(let delay): try await Task.sleep(for: delay)
                case .loseReply, .truncateReply, .stallReply, nil: break
                }
                current.exchange.withLock { $0 = (number, head.method, fault) }
                try await service.write(.head(head))
            case .body(let bytes):
                guard answer == nil else { continue }
                proxy.note(bodyBytes: bytes.readableBytes)
                try await service.write(.body(.byteBuffer(bytes)))
            case .end(let trailers):
                if let answer {
                    try await client.write(contentsOf: answer)
                } else {
                    try await service.write(.end(trailers))
                }
            }
        }
    }

    private static func answer(
        to request: HTTPRequestHead, status: Int, contentType: String, body: String
    ) -> [HTTPServerResponsePart] {
        let headers: HTTPHeaders = ["Content-Type": contentType, "Content-Length": String(body.utf8.count)]
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
        let bytes = request.method == .HEAD ? [] : [HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body)))]
        return [.head(head)] + bytes + [.end(nil)]
    }

    // MARK: - Replies

    private func passReplies(
        _ answers: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
        to client: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, _ current: Current
    ) async throws {
        var fault: Fault?
        /// How many bytes of the body may still pass.
        var allowance = Int.max
        var isInterim = false
        var method = HTTPMethod.GET
        for try await part in answers {
            switch part {
            case .head(let head):
                isInterim = (100..<200).contains(head.status.code)
                if !isInterim, let exchange = current.exchange.withLock({ $0 }) {
                    (method, fault) = (exchange.method, exchange.fault)
                    proxy.note(status: Int(head.status.code), of: exchange.number)
                    allowance =
                        switch fault {
                        case .truncateReply(let count), .stallReply(let count): count
                        default: Int.max
                        }
                }
                guard fault != .loseReply || isInterim else { continue }
                try await client.write(.head(head))
            case .body(var bytes):
                guard fault != .loseReply else { continue }
                let piece = bytes.readSlice(length: min(allowance, bytes.readableBytes)) ?? ByteBuffer()
                allowance -= piece.readableBytes
                if piece.readableBytes > 0 { try await client.write(.body(.byteBuffer(piece))) }
                if bytes.readableBytes > 0 { try await breakOff(fault) }
            case .end(let trailers):
                if fault != nil { try await breakOff(fault) }
                // The head of an answer to HEAD says how a body would be framed that is not there.
                if !isInterim, method != .HEAD { try await client.write(.end(trailers)) }
            }
        }
    }

    /// Ends a reply before its end, where the fault says so.
    private func breakOff(_ fault: Fault?) async throws {
        switch fault {
        case .loseReply, .truncateReply: throw Reset()
        // The client hangs up, and this is cancelled.
        case .stallReply: try await Task.sleep(for: .seconds(3600))
        case .answer, .resetBeforeRequest, .delay, nil: break
        }
    }
}

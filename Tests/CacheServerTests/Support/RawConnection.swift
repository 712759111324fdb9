import NIOCore
import NIOPosix

/// A client that says on the wire what a test wants it to say.
final class RawConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private(set) var received = ""

    private init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Connects, and closes the connection after `body`.
    static func open<Result: Sendable>(
        port: Int, receiveBuffer: Int? = nil, _ body: (RawConnection) async throws -> Result
    ) async throws -> Result {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
                        isOutboundHalfClosureEnabled: true))
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(RawConnection(inbound, outbound))
        }
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Ends our half.
    func finish() {
        outbound.finish()
    }

    /// Receives until `mark` has come.
    func receive(until mark: String) async throws {
        while !received.contains(mark) {
            guard try await receiveChunk() > 0 else { throw ConnectionEnded(received: received) }
        }
    }

    /// Receives what comes next.
    func receiveMore() async throws {
        guard try await receiveChunk() > 0 else { throw ConnectionEnded(received: received) }
    }

    /// Receives until the server closes the connection.
    ///
    /// - Returns: all that came.
    func receiveAll() async -> String {
        // A reset ends a connection as well as a close does.
        while let count = try? await receiveChunk(), count > 0 {}
        return received
    }

    /// Counts what comes until the server closes the connection.
    func countAll() async -> Int {
        var total = 0
        while let buffer = try? await inbound.next(isolation: #isolation) { total += buffer.readableBytes }
        return total
    }

    private func receiveChunk() async throws -> Int {
        guard let buffer = try await inbound.next(isolation: #isolation) else { return 0 }
        received += String(buffer: buffer)
        return buffer.readableBytes
    }
}

/// The server closed a connection too early.
struct ConnectionEnded: Error {
    let received: String
}

import CurlKit
import NIOCore
import NIOPosix
import Synchronization

/// A server on the loopback that does with each connection what a test says, bad manners included.
final class TestServer: Sendable {
    typealias Handler = @Sendable (_ connection: TestConnection, _ number: Int) async throws -> Void

    let port: Int
    private let counts = Mutex((opened: 0, closed: 0))

    var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections were accepted.
    var opened: Int { counts.withLock { $0.opened } }

    /// How many of them have ended.
    var closed: Int { counts.withLock { $0.closed } }

    private init(port: Int) {
        self.port = port
    }

    /// Runs a server around a test.
    static func run<Outcome: Sendable>(
        handler: @escaping Handler, _ test: (TestServer) async throws -> Outcome
    ) async throws -> Outcome {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A connection that comes while the server ends is never wrapped, as what wraps it must not be dropped.
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in channel.eventLoop.makeSucceededFuture(channel) }
        let server = TestServer(port: listener.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await channel in connections {
                            let number = server.counts.withLock { counts in
                                counts.opened += 1
                                return counts.opened
                            }
                            group.addTask {
                                try? await serve(channel, number, handler)
                                server.counts.withLock { $0.closed += 1 }
                            }
                        }
                    }
                }
            }
            let outcome = try await test(server)
            group.cancelAll()
            return outcome
        }
    }

    private static func serve(_ channel: any Channel, _ number: Int, _ handler: Handler) async throws {
        let wrapped = try await channel.eventLoop.submit {
            let wrapped = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: false))
            try channel.syncOptions?.setOption(.autoRead, value: true)
            return wrapped
        }.get()
        try await wrapped.executeThenClose { inbound, outbound in
            try await handler(TestConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound), number)
        }
    }

    /// Waits until as many connections have ended.
    func waitUntilClosed(_ number: Int) async throws {
        while closed < number { try await Task.sleep(for: .milliseconds(2)) }
    }
}

import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOPosix
import NIOSSL
import ProgramKit
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Accepts connections and answers requests until a graceful shutdown; then it accepts no more, lets requests finish
/// and closes the connections.
///
/// Hummingbird's own server is not used because it cannot take sockets over that others opened.
struct ListeningService<Responder: HTTPResponder>: Service where Responder.Context == CacheRequestContext {
    let source: ListenSource
    let limits: ConnectionLimits
    /// Nil to speak without TLS.
    let tls: TLSIdentity?
    let responder: Responder
    let requests: RequestMetrics
    let metrics: ConnectionMetrics
    let logger: Logger
    /// Called once with the port that is listened on; nil for a socket without one.
    let onRunning: @Sendable (_ port: Int?) async -> Void

    private typealias Listener = NIOAsyncChannel<AcceptedConnection, Never>

    func run() async throws {
        let connections = connections
        let group = MultiThreadedEventLoopGroup.singleton
        var listeners: [(channel: Listener, quiescing: ServerQuiescingHelper)] = []
        do {
            for endpoint in endpoints {
                let quiescing = ServerQuiescingHelper(group: group)
                listeners.append((try await listen(on: endpoint, quiescing), quiescing))
            }
        } catch {
            for (listener, _) in listeners { try? await listener.executeThenClose { _ in } }
            throw error
        }
        let helpers = listeners.map(\.quiescing)
        await withGracefulShutdownHandler {
            await onRunning(listeners.first?.channel.channel.localAddress?.port)
            await withDiscardingTaskGroup { tasks in
                for (listener, _) in listeners {
                    tasks.addTask { await accept(from: listener, serving: connections) }
                }
            }
        } onGracefulShutdown: {
            for helper in helpers { helper.initiateShutdown(promise: nil) }
        }
        if Task.isCancelled { logger.warning("not every request could be finished in time") }
    }

    private enum Endpoint {
        case address(ListenAddress)
        case socket(Int32)
    }

    private var endpoints: [Endpoint] {
        switch source {
        case .address(let address): [.address(address)]
        case .sockets(let sockets): sockets.descriptors.map { .socket($0) }
        }
    }

    private var connections: HTTP1Channel {
        HTTP1Channel(
            responder: RequestHandler(
                responder: responder, requests: requests, connections: metrics, logger: logger
            ).handle,
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(limits: limits, metrics: metrics)],
                idleTimeout: TimeAmount(limits.idle)))
    }

    private func accept(from listener: Listener, serving connections: HTTP1Channel) async {
        do {
            try await listener.executeThenClose { accepted in
                try await withThrowingDiscardingTaskGroup { tasks in
                    for try await connection in accepted {
                        tasks.addTask { await serve(connection, by: connections) }
                    }
                }
            }
        } catch {
            logger.error("no more connections are accepted", metadata: ["error": "\(error)"])
        }
    }

    private func serve(_ connection: AcceptedConnection, by connections: HTTP1Channel) async {
        guard let channel = connection.take() else { return }
        do {
            let value = try await channel.eventLoop.flatSubmit { setUp(channel, for: connections) }.get()
            // A shutdown that began before is not known to the handlers that were just added.
            if Task.isShuttingDownGracefully {
                channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
            await connections.handle(value: value, logger: logger)
        } catch {
            channel.close(promise: nil)
            logger.debug("a connection was closed before its first request", metadata: ["error": "\(error)"])
        }
    }

    private func setUp(_ channel: any Channel, for connections: HTTP1Channel) -> EventLoopFuture<HTTP1Channel.Value> {
        guard channel.isActive else { return channel.eventLoop.makeFailedFuture(ChannelError.alreadyClosed) }
        if let tls {
            do {
                try channel.pipeline.syncOperations.addHandlers(
                    NIOSSLServerHandler(context: tls.context), PeerCertificateHandler())
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        return connections.setup(channel: channel, logger: logger).flatMap { value in
            channel.setOption(.autoRead, value: true).map { value }
        }
    }

    private func listen(on endpoint: Endpoint, _ quiescing: ServerQuiescingHelper) async throws -> Listener {
        let limit = MaximumAvailableConnections(limits.maximumConnections, logger: logger)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // Read from when they are served.
            .childChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AvailableConnectionsChannelHandler(delegate: limit))
                    try channel.pipeline.syncOperations.addHandler(
                        quiescing.makeServerChannelHandler(channel: channel))
                }
            }
        let accept: @Sendable (any Channel) -> EventLoopFuture<AcceptedConnection> = { channel in
            channel.eventLoop.makeSucceededFuture(AcceptedConnection(channel))
        }
        switch endpoint {
        case .socket(let descriptor):
            return try await bootstrap.bind(descriptor, childChannelInitializer: accept)
        case .address(let address):
            do {
                return try await bootstrap.bind(
                    host: address.bindHost, port: address.port, childChannelInitializer: accept)
            } catch let error as IOError {
                let reason = String(cString: strerror(error.errnoCode))
                throw ConfigurationError("\(address) cannot be listened on (\(reason)); choose another --http-addr")
            }
        }
    }
}

extension ListenAddress {
    /// All interfaces are those of IPv6, which take IPv4 too, unless the system has no IPv6.
    var bindHost: String {
        guard host.isEmpty else { return host }
        #if canImport(Darwin)
        let descriptor = socket(AF_INET6, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return "0.0.0.0" }
        close(descriptor)
        return "::"
    }
}

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A proxy on the loopback in front of an HTTP service, which breaks what rules tell it to break.
///
/// Everything else passes unchanged and streaming, the `Host` header included: what was signed for the proxy's address
/// stays valid. The proxy has one connection to the service for each that a client has to it.
public final class FaultProxy: Sendable {
    /// A request with what became of it.
    public struct Exchange: Hashable, Sendable {
        /// What was asked.
        public let request: ProxiedRequest
        /// How it was met.
        public let fault: Fault?
        /// The status of the reply, whether or not the client got it; nil as long as there is none.
        public internal(set) var status: Int?
    }

    private struct State {
        var rules: [FaultRule] = []
        var exchanges: [Exchange] = []
        var bodyBytes = 0
    }

    /// The port on 127.0.0.1.
    public let port: Int
    let servicePort: Int
    private let state = Mutex(State())

    /// Where the proxy is.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// All requests so far, in the order in which their heads came.
    public var exchanges: [Exchange] { state.withLock { $0.exchanges } }

    /// How many bytes of request bodies were passed on.
    public var bodyBytes: Int { state.withLock { $0.bodyBytes } }

    /// How many requests there were for an operation of S3.
    public func count(of operation: S3Operation) -> Int {
        exchanges.count { $0.request.operation == operation }
    }

    private init(port: Int, servicePort: Int) {
        self.port = port
        self.servicePort = servicePort
    }

    /// Replaces the rules; the first one that has a fault for a request counts. None let everything pass.
    public func setRules(_ rules: FaultRule...) {
        state.withLock { $0.rules = rules }
    }

    /// Runs a proxy around a test.
    ///
    /// - Parameters:
    ///   - servicePort: where the service listens on 127.0.0.1; it need not be there all the time.
    ///   - rules: the rules to begin with.
    ///   - test: what to do while the proxy runs.
    public static func run<Outcome: Sendable>(
        to servicePort: Int, rules: [FaultRule] = [], _ test: (FaultProxy) async throws -> Outcome
    ) async throws -> Outcome {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A connection that comes while the proxy ends is never wrapped, as what wraps it must not be dropped.
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in channel.eventLoop.makeSucceededFuture(channel) }
        let proxy = FaultProxy(port: listener.channel.localAddress?.port ?? 0, servicePort: servicePort)
        proxy.state.withLock { $0.rules = rules }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await channel in connections {
                            // How a connection ends concerns its two ends only.
                            group.addTask { try? await ProxyConnection(proxy: proxy).run(channel) }
                        }
                    }
                }
            }
            let outcome = try await test(proxy)
            group.cancelAll()
            return outcome
        }
    }

    /// Notes a request and finds out how to meet it.
    ///
    /// - Returns: its number among all requests, and the fault.
    func begin(_ request: ProxiedRequest) -> (number: Int, fault: Fault?) {
        state.withLock { state in
            var fault: Fault?
            for index in state.rules.indices where fault == nil { fault = state.rules[index].fault(for: request) }
            state.exchanges.append(Exchange(request: request, fault: fault))
            return (state.exchanges.count - 1, fault)
        }
    }

    /// Notes the status of a request's reply.
    func note(status: Int, of number: Int) {
        state.withLock { $0.exchanges[number].status = status }
    }

    /// Notes that bytes of a body were passed on.
    func note(bodyBytes: Int) {
        state.withLock { $0.bodyBytes += bodyBytes }
    }
}

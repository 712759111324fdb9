import CacheServer
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

/// Servers that end while connections come in.
@Suite(.timeLimit(.minutes(2))) struct StoppingTests {
    enum End: CaseIterable {
        case cancellation, gracefulShutdown
    }

    /// Those that were accepted and not served yet are closed; they once stopped the process.
    @Test(arguments: End.allCases) func connectionsThatWaitAreClosed(end: End) async throws {
        try await TestServer.run { server in
            for _ in 0..<10 {
                let clients = try await run(server, until: end) { port in try await Self.connect(64, to: port) }
                for client in clients {
                    // Whoever the kernel accepted for a listener that is gone is reset, and has closed already.
                    try? await client.closeFuture.get()
                    #expect(!client.isActive)
                }
            }
        }
    }

    /// - Returns: what `body` returned, as soon as the server has ended.
    private func run<Result: Sendable>(
        _ server: TestServer, until end: End, _ body: @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let service = server.application.service { continuation.yield($0 ?? 0) }
        let group = ServiceGroup(
            services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                do { try await group.run() } catch is CancellationError {}
            }
            let port = try #require(await ports.first { _ in true })
            let result = try await body(port)
            switch end {
            case .cancellation: tasks.cancelAll()
            case .gracefulShutdown: await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
            return result
        }
    }

    private static func connect(_ count: Int, to port: Int) async throws -> [any Channel] {
        try await withThrowingTaskGroup { tasks in
            for _ in 0..<count {
                tasks.addTask {
                    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .connect(host: "127.0.0.1", port: port).get()
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
    }
}

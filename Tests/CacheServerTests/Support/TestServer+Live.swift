import CacheServer
import Logging
import ServiceLifecycle

extension TestServer {
    /// Listens on a free port, and stops gracefully after `body`.
    func live<Result: Sendable>(
        _ body: @Sendable (_ port: Int, _ stop: @escaping @Sendable () async -> Void) async throws -> Result
    ) async throws -> Result {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let service = application.service { continuation.yield($0 ?? 0) }
        let group = ServiceGroup(
            services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw ConnectionEnded(received: "no port") }
            let result: Result
            do {
                result = try await body(port) { await group.triggerGracefulShutdown() }
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    /// The same for those who do not stop it themselves.
    func live<Result: Sendable>(_ body: @Sendable (_ port: Int) async throws -> Result) async throws -> Result {
        try await live { port, _ in try await body(port) }
    }
}

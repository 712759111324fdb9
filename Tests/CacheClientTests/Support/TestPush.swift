import CurlKit
import Logging
import NarKit
import Synchronization

@testable import CacheClient

/// A push to a cache in memory, over HTTP.
enum TestPush {
    static var impatient: RetryPolicy {
        var policy = RetryPolicy()
        policy.initialDelay = .milliseconds(1)
        policy.minimumRetries = 3
        policy.minimumDuration = .zero
        return policy
    }

    /// Pushes and returns what was done.
    static func run(
        _ roots: [StorePath], of store: TestStore, to cache: FakeCache, options: PushOptions = PushOptions(),
        onEvent: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) async throws -> PushSummary {
        try await with(store, cache, options) { pusher, _ in
            let result: Result<PushSummary, ClientError>
            do throws(ClientError) {
                result = .success(try await pusher.push(roots, onEvent: onEvent))
            } catch {
                result = .failure(error)
            }
            return result
        }.get()
    }

    /// Does something with a pusher, and the address of the cache.
    static func with<Outcome: Sendable>(
        _ store: TestStore, _ cache: FakeCache, _ options: PushOptions = PushOptions(),
        reportInterval: Duration = .seconds(3600),
        _ body: (_ pusher: Pusher, _ url: String) async throws -> Outcome
    ) async throws -> Outcome {
        // A cache keeps its address: what is known of an interrupted push belongs to one server.
        // Its port is none that the system takes for connections meanwhile.
        let port = cache.state.withLock { $0.port == 0 ? Int.random(in: 10_000..<16_000) : $0.port }
        return try await FakeServer.run(port: port, handler: { request, url in cache.answer(request, url) }) { server in
            cache.state.withLock { $0.port = server.port }
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let http = HTTPClient(configuration: configuration)
            let api = APIClient(
                server: try ServerURL(server.url), tokens: try FixedToken("secret", description: "the test"),
                http: http, policy: impatient)
            var options = options
            options.reportInterval = reportInterval
            let pusher = Pusher(api: api, store: store, options: options, logger: Logger(label: "test"))
            do {
                let outcome = try await body(pusher, server.url)
                await http.shutdown()
                return outcome
            } catch {
                await http.shutdown()
                throw error
            }
        }
    }
}

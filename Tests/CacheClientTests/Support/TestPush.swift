import CurlKit
import Logging
import NarKit

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

    static func run(
        _ roots: [StorePath], of store: TestStore, to cache: FakeCache, options: PushOptions = PushOptions(),
        onEvent: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) async throws -> PushSummary {
        try await FakeServer.run(handler: { request, url in cache.answer(request, url) }) { server in
            var configuration = HTTPClientConfiguration()
            configuration.proxy = .none
            let http = HTTPClient(configuration: configuration)
            let api = APIClient(
                server: try ServerURL(server.url), tokens: try FixedToken("secret", description: "the test"),
                http: http,
                policy: impatient)
            let pusher = Pusher(api: api, store: store, options: options, logger: Logger(label: "test"))
            let result: Result<PushSummary, ClientError>
            do throws(ClientError) {
                result = .success(try await pusher.push(roots, onEvent: onEvent))
            } catch {
                result = .failure(error)
            }
            await http.shutdown()
            return try result.get()
        }
    }
}

import CurlKit

@testable import CacheClient

extension APIClient {
    /// A client for a server of a test, which nothing stands between.
    convenience init(of server: FakeServer) throws {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        self.init(
            server: try ServerURL(server.url), tokens: try FixedToken("secret", description: "the test"),
            http: HTTPClient(configuration: configuration))
    }
}

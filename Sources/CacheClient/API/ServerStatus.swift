public import CacheCore

/// What a server says about itself.
public struct ServerStatus: Sendable {
    /// What it tells everybody.
    public var configuration: CacheConfiguration
    /// What the cache holds; nil from servers that do not say.
    public var statistics: CacheStatistics?
    /// Why it is not ready; nil when it is.
    public var problem: String?
    /// Whether it takes our credentials for pushing; nil when it cannot be told.
    public var isAuthorized: Bool?

    /// Describes a status.
    ///
    /// - Parameters:
    ///   - configuration: What the server tells everybody.
    ///   - statistics: What the cache holds.
    ///   - problem: Why the server is not ready.
    ///   - isAuthorized: Whether it takes our credentials.
    public init(
        configuration: CacheConfiguration, statistics: CacheStatistics? = nil, problem: String? = nil,
        isAuthorized: Bool? = nil
    ) {
        self.configuration = configuration
        self.statistics = statistics
        self.problem = problem
        self.isAuthorized = isAuthorized
    }
}

extension APIClient {
    /// Asks what there is to know about the server now, and whether it takes our credentials. Nothing is asked again.
    ///
    /// - Throws: ``ClientError`` when it cannot be asked, or our token cannot be had.
    public func status() async throws(ClientError) -> ServerStatus {
        let now = withoutRetries
        let configuration = try await now.cacheConfiguration()
        var status = ServerStatus(configuration: configuration)
        let ready = try await now.read("/readyz")
        if ready.status == 404, configuration == Self.unknownConfiguration {
            // Older servers have neither of these routes, but this one.
            guard try await now.read("/health").isSuccess else {
                throw ClientError(
                    .notFound, "\(server) does not answer as a niks3 server does; check the address.")
            }
        } else if !ready.isSuccess, ready.status != 404 {
            status.problem = ready.text.isEmpty ? "\(ready.status)" : ready.text
        }
        let statistics = try await now.read("/api/cache-stats")
        if statistics.isSuccess { status.statistics = try? CacheStatistics.decode(statistics.body) }
        do throws(ClientError) {
            let isFound = try await now.objectExists("nix-cache-info")
            // Servers that cannot be asked for objects do not tell what they hold either.
            status.isAuthorized = isFound || statistics.status != 404 ? true : nil
        } catch  where error.code == .unauthorized || error.code == .forbidden {
            status.isAuthorized = false
        }
        return status
    }
}

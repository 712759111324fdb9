public import CacheStorage
import CurlKit
import S3Kit

/// PostgreSQL and a bucket, as several servers may share them.
public struct SharedStorage: Sendable {
    /// What the cache knows.
    public let metadata: PostgresStore
    /// The bytes, for what the server itself does with them.
    public let objects: S3Store
    /// The bytes, for readers. They have connections of their own: a slow one holds up neither uploads nor others.
    public let readObjects: S3Store
    /// What whoever runs the server should know about the bucket, in sentences.
    public let warnings: [String]
    private let clients: [HTTPClient]

    /// Of a response to a reader, so much waits in memory at most, in bytes.
    private static let readBuffer = 64 << 10

    /// Looks whether the bucket can be used, connects to the database, and makes or migrates its schema.
    ///
    /// - Parameters:
    ///   - configuration: where both are.
    ///   - environment: where the credentials of the machine are looked for first.
    ///   - readers: how many objects may be read at the same time.
    ///   - metrics: what both are measured by.
    /// - Throws: ``ConfigurationError`` when the bucket cannot be used; `CacheError` when the database cannot.
    public init(
        _ configuration: SharedStorageConfiguration, environment: [String: String], readers: Int,
        metrics: ServerMetrics = ServerMetrics()
    ) async throws {
        let bucket = configuration.bucket
        let work = Self.client(connections: bucket.concurrency)
        let reading = Self.client(connections: readers, responseBuffer: Self.readBuffer)
        let (source, others) = Self.credentials(bucket.credentials, environment: environment)
        let credentials = S3CredentialsCache(source)
        let retrier = Retrier(policy: Self.policy, limiter: RateLimiter(startingAt: bucket.rateLimit))
        let onAttempt = metrics.attemptObserver
        let stores = [work, reading].map { http in
            S3Store(
                client: S3Client(
                    endpoint: bucket.endpoint, region: bucket.region, credentials: credentials, http: http,
                    retrier: retrier, onAttempt: onAttempt))
        }
        (objects, readObjects) = (stores[0], stores[1])
        clients = [work, reading] + others
        do {
            try await objects.check()
        } catch {
            throw ConfigurationError("the bucket cannot be used: \(error)")
        }
        warnings = await Self.warnings(about: objects)
        metadata = try await PostgresStore(
            connection: configuration.database, poolSize: configuration.databaseConnections,
            observer: metrics.storeObserver)
        metrics.watch(metadata)
        metrics.watch(objects)
    }

    /// Ends all connections. What is under way fails.
    public func close() async {
        metadata.close()
        for client in clients { await client.shutdown() }
    }

    /// A client gives a request up that hears nothing for 30 s, and tries again itself: what S3 does not answer for a while
    /// is passed on before that.
    private static var policy: RetryPolicy {
        var policy = RetryPolicy()
        policy.minimumDuration = .seconds(10)
        policy.maximumRetryAfter = .seconds(5)
        return policy
    }

    private static func client(connections: Int, responseBuffer: Int? = nil) -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.userAgent = "niks3-server"
        configuration.maximumConnectionsPerHost = connections
        configuration.maximumConnections = connections
        if let responseBuffer { configuration.responseBufferSize = responseBuffer }
        return HTTPClient(configuration: configuration)
    }

    /// - Returns: where credentials come from, and the clients that ask for them.
    private static func credentials(
        _ credentials: BucketCredentials, environment: [String: String]
    ) -> (any S3CredentialsSource, [HTTPClient]) {
        switch credentials {
        case .key(let key):
            return (StaticCredentials(key), [])
        case .machine:
            var configuration = HTTPClientConfiguration()
            let http = HTTPClient(configuration: configuration)
            configuration.proxy = .none
            let direct = HTTPClient(configuration: configuration)
            return (S3CredentialsChain.standard(environment: environment, http: http, direct: direct), [http, direct])
        }
    }

    private static func warnings(about objects: S3Store) async -> [String] {
        // Whoever may not know it is not told either.
        guard (try? await objects.keepsDeletedObjects()) == true else { return [] }
        return [
            """
            the bucket \(objects.client.endpoint.bucket) has or had versioning: what is deleted stays, and is paid for; \
            give it a lifecycle rule with NoncurrentVersionExpiration (NoncurrentDays 1) and ExpiredObjectDeleteMarker
            """
        ]
    }
}

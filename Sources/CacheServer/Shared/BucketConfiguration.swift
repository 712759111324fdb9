public import S3Kit

/// A bucket of an S3 service, and how it is used.
public struct BucketConfiguration: Hashable, Sendable {
    /// Where it is.
    public var endpoint: S3Endpoint
    /// Nil to take what the endpoint's name says.
    public var region: String?
    /// Who asks.
    public var credentials: BucketCredentials
    /// How many requests are in flight at most, those of readers not among them.
    public var concurrency: Int
    /// Requests a second to begin with; nil for no limit until the service throttles.
    public var rateLimit: Double?

    /// - Parameters:
    ///   - endpoint: where the bucket is.
    ///   - region: nil to take what the endpoint's name says.
    ///   - credentials: who asks.
    ///   - concurrency: how many requests are in flight at most, those of readers not among them.
    ///   - rateLimit: requests a second to begin with; nil for no limit until the service throttles.
    public init(
        endpoint: S3Endpoint, region: String? = nil, credentials: BucketCredentials, concurrency: Int = 100,
        rateLimit: Double? = nil
    ) {
        self.endpoint = endpoint
        self.region = region
        self.credentials = credentials
        self.concurrency = concurrency
        self.rateLimit = rateLimit
    }
}

/// Who asks an S3 service.
public enum BucketCredentials: Hashable, Sendable {
    /// Whoever has this key.
    case key(S3Credentials)
    /// Whoever the machine is: environment, web identity, shared files, container or instance metadata.
    case machine
}

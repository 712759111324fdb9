public import CurlKit
import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A client of one bucket of an S3-compatible service.
///
/// Requests are repeated as the retrier says; a request that was lost on its way may so be carried out twice, except one
/// with an ``S3Validity``, which is not repeated while an earlier try may yet take effect. Each try
/// is signed anew with credentials that are good. The client notices when the service reports another region or
/// another time, and goes on with these. A request for a task that is traced (`TraceContext.current`) bears its trace,
/// unless it is signed in its query.
///
/// Source: Amazon S3 API reference (<https://docs.aws.amazon.com/AmazonS3/latest/API/>).
public final class S3Client: Sendable {
    /// What the client learns while it works.
    struct Route: Sendable {
        var endpoint: S3Endpoint
        var region: String
        /// What is to be added to our clock to get the service's, in seconds.
        var clockOffset: Double = 0
        var signer: SigV4?
    }

    let route: Mutex<Route>
    let credentials: S3CredentialsCache
    let http: HTTPClient
    let retrier: Retrier
    let now: @Sendable () -> Date
    let onAttempt: (@Sendable (S3Attempt) -> Void)?

    /// The region taken where neither the caller nor the endpoint names one.
    public static let defaultRegion = "us-east-1"

    /// How many requests a second go out at present; nil while the service does not throttle.
    public var requestRate: Double? { retrier.limiter?.rate }

    /// Makes a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - endpoint: where the bucket is.
    ///   - region: the bucket's region; `nil` takes what the endpoint's host tells, else `us-east-1`.
    ///   - credentials: who asks.
    ///   - http: what sends requests. The caller shuts it down.
    ///   - retrier: when requests are repeated and how many go out; shared by all that use the service.
    ///   - now: the clock.
    ///   - onAttempt: is told how each try went, for metrics; must not block.
    public init(
        endpoint: S3Endpoint, region: String? = nil, credentials: S3CredentialsCache, http: HTTPClient,
        retrier: Retrier = Retrier(), now: @escaping @Sendable () -> Date = { Date() },
        onAttempt: (@Sendable (S3Attempt) -> Void)? = nil
    ) {
        let region = region.flatMap { $0.isEmpty ? nil : $0 }
        self.route = Mutex(
            Route(
                endpoint: region.map(endpoint.moved(to:)) ?? endpoint,
                region: region ?? endpoint.region ?? Self.defaultRegion))
        self.credentials = credentials
        self.http = http
        self.retrier = retrier
        self.now = now
        self.onAttempt = onAttempt
    }

    /// Where the bucket is, as far as is known by now.
    public var endpoint: S3Endpoint { route.withLock { $0.endpoint } }

    /// The bucket's region, as far as is known by now.
    public var region: String { route.withLock { $0.region } }

    /// How far the service's clock is ahead of ours, where that was too far for a request.
    public var clockOffset: Duration { .seconds(route.withLock { $0.clockOffset }) }

    /// The time on the service's clock.
    func serviceTime(offset: Double) -> Date {
        now().addingTimeInterval(offset)
    }

    /// The signer for the present credentials and region.
    func signer(for credentials: S3Credentials) -> (signer: SigV4, route: Route) {
        route.withLock { route in
            if let signer = route.signer, signer.credentials == credentials, signer.region == route.region {
                return (signer, route)
            }
            let signer = SigV4(credentials: credentials, region: route.region)
            route.signer = signer
            return (signer, route)
        }
    }
}

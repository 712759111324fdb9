import CacheCore
public import S3Kit

/// An object store in a bucket of an S3-compatible service, which clients write to with presigned URLs.
///
/// Writes and deletes of our own are signed in their query and dated with their lease, so that the service itself refuses
/// what comes after its end. Nothing is kept in memory but what a request is about.
public struct S3Store: Sendable {
    /// The bucket.
    public let client: S3Client

    /// Makes a store; nothing is sent yet.
    ///
    /// - Parameter client: the bucket. Its retrier decides how often a request is repeated, for as long as its lease is
    ///   good. Whoever made its HTTP client shuts that down.
    public init(client: S3Client) {
        self.client = client
    }

    /// The bucket as errors name it.
    var place: String {
        let endpoint = client.endpoint
        let port = endpoint.port.map { ":\($0)" } ?? ""
        return "the bucket \(endpoint.bucket) at \(endpoint.scheme)://\(endpoint.host)\(port)"
    }

    /// What an error of the service means for whoever asked the store.
    func failure(_ error: S3Error) -> ObjectStoreError {
        ObjectStoreError(error, place: place)
    }
}

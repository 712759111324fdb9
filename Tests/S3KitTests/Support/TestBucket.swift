import CurlKit
import S3Kit
import TestServices

/// A client whose service is a test's own.
enum TestBucket {
    static let key = S3Credentials(accessKeyID: "AKID", secretAccessKey: "secret")

    /// Tries three more times, at once.
    static var impatient: RetryPolicy {
        var policy = RetryPolicy()
        policy.initialDelay = .milliseconds(1)
        policy.minimumRetries = 3
        policy.minimumDuration = .zero
        return policy
    }

    /// Runs a test with a client of the bucket `bucket` at a local service.
    @discardableResult
    static func run<Outcome: Sendable>(
        policy: RetryPolicy = impatient, source: any S3CredentialsSource = StaticCredentials(key),
        answer: @escaping LocalService.Answer, test: (S3Client, LocalService) async throws -> Outcome
    ) async throws -> Outcome {
        try await LocalService.run(answer: answer) { service, http in
            let client = S3Client(
                endpoint: S3Endpoint(scheme: "http", host: "127.0.0.1", port: service.port, bucket: "bucket"),
                credentials: S3CredentialsCache(source), http: http,
                retrier: Retrier(policy: policy, limiter: RateLimiter()))
            return try await test(client, service)
        }
    }

    /// The body of an error.
    static func error(_ code: String, _ more: String = "") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?><Error><Code>\(code)</Code><Message>because</Message>\(more)\
        <RequestId>r-1</RequestId></Error>
        """
    }
}

import CurlKit
import S3Kit
import TestServices

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Buckets of the real S3 service that the tests of this process share.
enum Gateway {
    /// Whose the service is.
    static let credentials = S3Credentials(
        accessKeyID: S3Service.accessKeyID, secretAccessKey: S3Service.secretAccessKey)

    /// Runs a test with a client of a bucket of its own.
    ///
    /// - Parameters:
    ///   - credentials: who asks.
    ///   - addressing: where the bucket's name goes.
    ///   - now: the clock.
    static func run(
        credentials: S3Credentials = credentials,
        addressing: S3Addressing = .path, now: @escaping @Sendable () -> Date = { Date() },
        test: (S3Client) async throws -> Void
    ) async throws {
        let port = try await S3Service.shared.port()
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let http = HTTPClient(configuration: configuration)
        let client = S3Client(
            endpoint: S3Endpoint(
                scheme: "http", host: addressing == .path ? "127.0.0.1" : "localhost", port: port,
                bucket: "test-\(UUID().uuidString.lowercased())", addressing: addressing),
            credentials: S3CredentialsCache(StaticCredentials(credentials)), http: http, now: now)
        do {
            try await client.createBucket()
            try await test(client)
        } catch {
            await http.shutdown()
            throw error
        }
        await http.shutdown()
    }
}

import CacheCore
import CurlKit
import S3Kit
import TestServices
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A database and a bucket of a test's own, and what a server has to be told to use them.
struct SharedServices: Sendable {
    let client: S3Client
    let http: HTTPClient
    let arguments: [String]

    /// Has the bucket keep what is deleted or replaced.
    func enableVersioning() async throws {
        let signer = SigV4(credentials: Self.credentials, region: client.region)
        let url = signer.presignedURL(
            method: "PUT", endpoint: client.endpoint, key: "", query: [("versioning", "")], lifetime: .seconds(60),
            date: Date())
        let body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        let response = try await http.execute(
            HTTPRequest(method: "PUT", url: url, body: .bytes(Array(body.utf8))))
        #expect(response.status == 200)
    }

    private static let credentials = S3Credentials(
        accessKeyID: S3Service.accessKeyID, secretAccessKey: S3Service.secretAccessKey)

    static func run(
        postgres: PostgresService = .shared, s3: S3Service = .shared,
        _ body: (SharedServices) async throws -> Void
    ) async throws {
        let database = try await postgres.database()
        let port = try await s3.port()
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let http = HTTPClient(configuration: configuration)
        let bucket = "server-\(UInt32.random(in: .min ... .max))"
        let client = S3Client(
            endpoint: S3Endpoint(scheme: "http", host: "127.0.0.1", port: port, bucket: bucket),
            credentials: S3CredentialsCache(StaticCredentials(credentials)), http: http)
        let arguments = [
            "--db", database, "--s3-endpoint", "127.0.0.1:\(port)", "--s3-use-ssl=false", "--s3-bucket", bucket,
            "--s3-access-key", S3Service.accessKeyID, "--s3-secret-key", S3Service.secretAccessKey,
            "--api-token", SharedServerTests.token, "--http-addr", "127.0.0.1:0",
        ]
        do {
            try await client.createBucket()
            try await body(SharedServices(client: client, http: http, arguments: arguments))
        } catch {
            await http.shutdown()
            throw error
        }
        await http.shutdown()
    }
}

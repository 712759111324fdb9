import CurlKit
import S3Kit
import TestServices
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The real S3 services that the tests of this process share.
enum LiveService: String, CaseIterable, CustomTestStringConvertible {
    case gateway = "RADOS Gateway"
    case seaweed = "SeaweedFS"

    /// Whose the services are.
    static let credentials = S3Credentials(
        accessKeyID: S3Service.accessKeyID, secretAccessKey: S3Service.secretAccessKey)

    var testDescription: String { rawValue }

    /// Whether the service can keep an object under a key: SeaweedFS takes the segments of a key for the names of
    /// directories and files, and a backslash for a slash.
    func keeps(_ key: String) -> Bool {
        guard self == .seaweed else { return true }
        return !key.contains("\\")
            && key.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { segment in
                (1...255).contains(segment.count) && ![".", ".."].contains(String(segment))
            }
    }

    /// The port on 127.0.0.1; starts the service when it is asked first.
    var port: Int {
        get async throws {
            switch self {
            case .gateway: try await S3Service.shared.port()
            case .seaweed: try await SeaweedService.shared.port()
            }
        }
    }

    /// Runs a test with a client of a bucket of its own.
    ///
    /// - Parameters:
    ///   - credentials: who asks.
    ///   - addressing: where the bucket's name goes.
    ///   - now: the clock.
    func run(
        credentials: S3Credentials = credentials,
        addressing: S3Addressing = .path, now: @escaping @Sendable () -> Date = { Date() },
        test: (S3Client) async throws -> Void
    ) async throws {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let http = HTTPClient(configuration: configuration)
        let client = S3Client(
            endpoint: S3Endpoint(
                scheme: "http", host: addressing == .path ? "127.0.0.1" : "localhost", port: try await port,
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

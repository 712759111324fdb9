import CurlKit
import S3Kit
import Subprocess
import Testing

#if canImport(System)
import System
#else
import SystemPackage
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The real S3 service that the tests of this process share: a RADOS Gateway, started by the first test that asks.
///
/// The script that starts it also ends it, as soon as this process is gone.
actor Gateway {
    static let shared = Gateway()

    /// Whose the service is.
    static let credentials = S3Credentials(accessKeyID: "testaccesskey", secretAccessKey: "testsecretkey")

    private static let script =
        String(#filePath.dropLast("Tests/S3KitTests/Live/Gateway.swift".count)) + "scripts/services/s3"
    private var starting: Task<Int, any Error>?

    struct StartFailure: Error, CustomStringConvertible {
        let description: String
    }

    /// The port on the loopback.
    func port() async throws -> Int {
        if let starting { return try await starting.value }
        let task = Task { try await Self.start() }
        starting = task
        return try await task.value
    }

    private static func start() async throws -> Int {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("s3kit-gateway-\(UUID())").path
        let result = try await Subprocess.run(
            .path(FilePath(script)),
            arguments: ["start", directory, String(ProcessInfo.processInfo.processIdentifier)],
            output: .string(limit: 4096), error: .string(limit: 65_536))
        // The last line is the URL.
        let digits = result.standardOutput.reversed().drop(while: \.isNewline).prefix(while: \.isNumber)
        guard result.terminationStatus.isSuccess, let port = Int(String(digits.reversed())) else {
            throw StartFailure(description: result.standardError)
        }
        return port
    }

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
        let port = try await shared.port()
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

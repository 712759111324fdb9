import CacheCore
import CurlKit
import S3Kit
import Synchronization
import TestServices

@testable import CacheStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A store in a bucket of its own at a real service.
struct S3Fixture: ObjectStoreFixture {
    let s3: S3Store
    let http: HTTPClient
    let heads: RequestHeads
    let origin: URLOrigin? = nil

    var store: any ObjectStore { s3 }

    func now() -> Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    func put(
        _ body: [UInt8], to url: String, contentType: String?, contentEncoding: String?
    ) async throws -> (status: Int, etag: String?) {
        var headers: [(name: String, value: String)] = []
        if let contentType { headers.append((name: "Content-Type", value: contentType)) }
        if let contentEncoding { headers.append((name: "Content-Encoding", value: contentEncoding)) }
        let response = try await http.execute(
            HTTPRequest(method: "PUT", url: url, headers: HTTPHeaders(headers), body: .bytes(body)))
        _ = try await response.body.collect(upTo: 65_536)
        return (response.status, response.headers["ETag"])
    }
}

/// The heads of the requests that were sent.
final class RequestHeads: Sendable {
    private let sent = Mutex<[String]>([])

    /// Takes what the HTTP client reports.
    func record(_ text: String) {
        guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.hasSuffix(" HTTP/1.1") }) else {
            return
        }
        let words = line.split(separator: " ")
        sent.withLock { $0.append(words.suffix(3).prefix(2).joined(separator: " ")) }
    }

    /// Method and target of each request since the last call.
    func take() -> [String] {
        sent.withLock { sent in
            defer { sent = [] }
            return sent
        }
    }
}

/// Calls a function with a store in an empty bucket of the gateway that the tests of this process share.
func withS3Store<Result>(
    credentials: S3Credentials = S3Credentials(
        accessKeyID: S3Service.accessKeyID, secretAccessKey: S3Service.secretAccessKey),
    createsBucket: Bool = true, _ body: (S3Fixture) async throws -> Result
) async throws -> Result {
    let port = try await S3Service.shared.port()
    let heads = RequestHeads()
    var configuration = HTTPClientConfiguration()
    configuration.proxy = .none
    configuration.debugHook = { heads.record($0) }
    let http = HTTPClient(configuration: configuration)
    let client = S3Client(
        endpoint: S3Endpoint(
            scheme: "http", host: "127.0.0.1", port: port, bucket: "store-\(UUID().uuidString.lowercased())"),
        credentials: S3CredentialsCache(StaticCredentials(credentials)), http: http)
    do {
        if createsBucket { try await client.createBucket() }
        _ = heads.take()
        let result = try await body(S3Fixture(s3: S3Store(client: client), http: http, heads: heads))
        await http.shutdown()
        return result
    } catch {
        await http.shutdown()
        throw error
    }
}

/// Calls a function with a store whose service is a test's own.
func withLocalS3<Outcome: Sendable>(
    retries: Int = 0, answer: @escaping LocalService.Answer,
    _ body: (S3Store, LocalService) async throws -> Outcome
) async throws -> Outcome {
    try await LocalService.run(answer: answer) { service, http in
        var policy = RetryPolicy.never
        policy.initialDelay = .milliseconds(1)
        policy.minimumRetries = retries
        let client = S3Client(
            endpoint: S3Endpoint(scheme: "http", host: "127.0.0.1", port: service.port, bucket: "bucket"),
            credentials: S3CredentialsCache(
                StaticCredentials(S3Credentials(accessKeyID: "AKID", secretAccessKey: "the-secret"))),
            http: http, retrier: Retrier(policy: policy))
        return try await body(S3Store(client: client), service)
    }
}

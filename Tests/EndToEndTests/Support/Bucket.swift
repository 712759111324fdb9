import CurlKit
import Foundation
import S3Kit
import TestServices

/// A new bucket of an S3 service, as its owner sees it.
struct Bucket: Sendable {
    let name = "cache-\(UUID().uuidString.lowercased())"
    /// Where the service listens on 127.0.0.1.
    let port: Int
    let client: S3Client

    /// Where anybody finds it, if its policy lets him.
    var url: String { "http://127.0.0.1:\(port)/\(name)" }

    /// Makes the bucket.
    init(of service: S3Service) async throws {
        port = try await service.port()
        client = Self.client(of: name, port: port, policy: RetryPolicy())
        try await client.createBucket()
    }

    /// A client of the same bucket that finds the service at another port.
    func client(port: Int, retrying policy: RetryPolicy) -> S3Client {
        Self.client(of: name, port: port, policy: policy)
    }

    private static func client(of name: String, port: Int, policy: RetryPolicy) -> S3Client {
        S3Client(
            endpoint: S3Endpoint(scheme: "http", host: "127.0.0.1", port: port, bucket: name),
            credentials: S3CredentialsCache(StaticCredentials(credentials)), http: Web.client,
            retrier: Retrier(policy: policy))
    }

    private static let credentials = S3Credentials(
        accessKeyID: S3Service.accessKeyID, secretAccessKey: S3Service.secretAccessKey)

    /// The keys of all objects, in order.
    func keys() async throws -> [String] {
        var keys: [String] = []
        for try await object in client.objects() { keys.append(object.key) }
        return keys
    }

    /// The keys of the multipart uploads that are neither complete nor aborted.
    func unfinishedUploads() async throws -> [String] {
        try await client.listMultipartUploads().uploads.map(\.key)
    }

    /// The bytes of all objects, and of the parts of multipart uploads that are not complete.
    func receivedBytes() async throws -> Int {
        var sum: Int64 = 0
        for try await object in client.objects() { sum += object.size }
        for upload in try await client.listMultipartUploads().uploads {
            // It may be complete by now.
            let parts = try? await client.listParts(upload.key, uploadID: upload.uploadID).parts
            for part in parts ?? [] { sum += part.size }
        }
        return Int(sum)
    }

    /// Lets whom a policy says do what it says.
    func setPolicy(_ policy: String) async throws {
        let signer = SigV4(credentials: Self.credentials, region: client.region)
        let url = signer.presignedURL(
            method: "PUT", endpoint: client.endpoint, key: "", query: [("policy", "")], lifetime: .seconds(60),
            date: Date())
        let reply = try await Web.send("PUT", url, body: Array(policy.utf8))
        guard reply.isSuccess else { throw Web.UnexpectedReply(reply: reply) }
    }
}

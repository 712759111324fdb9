import CurlKit
import Testing

@testable import S3Kit

/// What a signature says about the body.
@Suite struct S3ClientPayloadTests {
    static let hash = S3PayloadHash.of([1])

    static let cases: [(scheme: String, HTTPRequestBody, S3PayloadHash, sent: String)] = [
        ("http", .bytes([1]), hash, hash.headerValue),
        // TLS protects the body already; hashing it would only take time.
        ("https", .bytes([1]), hash, "UNSIGNED-PAYLOAD"),
        ("http", .none, .empty, S3PayloadHash.empty.headerValue),
        ("https", .none, .empty, S3PayloadHash.empty.headerValue),
    ]

    @Test(arguments: cases.indices)
    func coversTheBody(index: Int) {
        let (scheme, body, payload, sent) = Self.cases[index]
        let client = S3Client(
            endpoint: S3Endpoint(scheme: scheme, host: "s3.example.org", bucket: "b", addressing: .virtualHost),
            credentials: S3CredentialsCache(StaticCredentials(TestBucket.key)), http: HTTPClient())
        let (signer, route) = client.signer(for: TestBucket.key)
        let request = client.signed(
            S3Request(method: "PUT", key: "a b", query: [("x", "1/2")], body: body, payload: payload),
            signer: signer, route: route)
        #expect(request.url == "\(scheme)://b.s3.example.org/a%20b?x=1%2F2")
        #expect(request.headers["x-amz-content-sha256"] == sent)
    }

    @Test func keepsTheSignerWhileNothingChanges() {
        let client = S3Client(
            endpoint: S3Endpoint(scheme: "https", host: "s3.example.org", bucket: "b"),
            credentials: S3CredentialsCache(StaticCredentials(TestBucket.key)), http: HTTPClient())
        let other = S3Credentials(accessKeyID: "OTHER", secretAccessKey: "s", sessionToken: "t")
        #expect(client.signer(for: TestBucket.key).signer.credentials == TestBucket.key)
        #expect(client.signer(for: other).signer.credentials == other)
        #expect(client.signer(for: TestBucket.key).signer.region == "us-east-1")
    }
}

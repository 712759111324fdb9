import Testing

@testable import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The examples of the Amazon S3 API reference, "Signature Calculations for the Authorization Header" and
/// "Authenticating Requests: Using Query Parameters", to the letter.
@Suite struct SigV4PublishedExampleTests {
    static let host = "examplebucket.s3.amazonaws.com"
    static let date = Date(timeIntervalSince1970: 1_369_353_600)
    static let signer = SigV4(
        credentials: S3Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")

    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let method: String
        let path: String
        var query: [(String, String)] = []
        var headers: [(String, String)] = []
        var payload = S3PayloadHash.empty
        let canonicalHash: String
        let authorization: String
        var testDescription: String { name }
    }

    static let examples = [
        Example(
            name: "GET Object", method: "GET", path: "/test.txt", headers: [("Range", "bytes=0-9")],
            canonicalHash: "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
            authorization: """
                AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
                Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41
                """),
        Example(
            name: "PUT Object", method: "PUT", path: "/test%24file.text",
            headers: [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            payload: .of(Array("Welcome to Amazon S3.".utf8)),
            canonicalHash: "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
            authorization: """
                AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,\
                Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd
                """),
        Example(
            name: "GET Bucket Lifecycle", method: "GET", path: "/", query: [("lifecycle", "")],
            canonicalHash: "9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca",
            authorization: """
                AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                SignedHeaders=host;x-amz-content-sha256;x-amz-date,\
                Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543
                """),
        Example(
            name: "GET Bucket (List Objects)", method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")],
            canonicalHash: "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7",
            authorization: """
                AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                SignedHeaders=host;x-amz-content-sha256;x-amz-date,\
                Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7
                """),
    ]

    @Test(arguments: examples)
    func signsInHeaders(_ example: Example) {
        let headers = Self.signer.signedHeaders(
            method: example.method, hostHeader: Self.host, encodedPath: example.path, query: example.query,
            headers: example.headers, payload: example.payload, date: Self.date)
        #expect(headers.last?.name == "authorization")
        #expect(headers.last?.value == example.authorization)
        let request = CanonicalRequest(
            method: example.method, encodedPath: example.path, query: example.query,
            headers: headers.dropLast().map { ($0.name, $0.value) } + [("host", Self.host)],
            payloadHash: example.payload.headerValue)
        #expect(request.hash == example.canonicalHash)
    }

    @Test func spellsOutTheCanonicalRequest() {
        let request = CanonicalRequest(
            method: "PUT", encodedPath: "/test%24file.text", query: [],
            headers: [
                ("X-Amz-Storage-Class", "REDUCED_REDUNDANCY"), ("Host", Self.host), ("X-Amz-Date", "20130524T000000Z"),
                ("Date", "  Fri,  24 May 2013 00:00:00 GMT "),
                ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
            ],
            payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        #expect(
            request.text == """
                PUT
                /test%24file.text

                date:Fri, 24 May 2013 00:00:00 GMT
                host:examplebucket.s3.amazonaws.com
                x-amz-content-sha256:44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072
                x-amz-date:20130524T000000Z
                x-amz-storage-class:REDUCED_REDUNDANCY

                date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class
                44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072
                """)
    }

    @Test func presigns() {
        let url = Self.signer.presignedURL(
            method: "GET", scheme: "https", hostHeader: Self.host, encodedPath: "/test.txt",
            lifetime: .seconds(86_400), date: Self.date)
        #expect(
            url == """
                https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
                &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
                &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
                &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404
                """)
    }
}

import CurlKit
import Synchronization
import TestServices
import Testing

@testable import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What others are told about requests: an observer, and the service itself.
@Suite struct S3ClientAttemptTests {
    @Test func everyTryIsReported() async throws {
        let statuses = Mutex([500, 503, 200, 404])
        let attempts = Mutex<[S3Attempt]>([])
        try await LocalService.run { _, _ in
            let status = statuses.withLock { $0.removeFirst() }
            return .init(status: status, body: status == 503 ? TestBucket.error("SlowDown") : "x")
        } test: { service, http in
            let client = S3Client(
                endpoint: S3Endpoint(scheme: "http", host: "127.0.0.1", port: service.port, bucket: "bucket"),
                credentials: S3CredentialsCache(StaticCredentials(TestBucket.key)), http: http,
                retrier: Retrier(policy: TestBucket.impatient),
                onAttempt: { attempt in attempts.withLock { $0.append(attempt) } })
            _ = try await client.get("k")
            _ = try await client.head("k")
        }
        var reported = attempts.withLock { $0 }
        #expect(reported.allSatisfy { $0.duration > .zero })
        for index in reported.indices { reported[index].duration = .zero }
        let expected: [(String, Int, Int, Bool)] = [
            ("GetObject", 0, 500, false), ("GetObject", 1, 503, true), ("GetObject", 2, 200, false),
            ("HeadObject", 0, 404, false),
        ]
        #expect(
            reported
                == expected.map {
                    S3Attempt(operation: $0, number: $1, status: $2, isThrottled: $3, duration: .zero)
                })
    }

    @Test(arguments: [
        ("HEAD", "", "", "HeadBucket"), ("HEAD", "k", "", "HeadObject"), ("GET", "", "list-type", "ListObjectsV2"),
        ("GET", "", "uploads", "ListMultipartUploads"), ("GET", "", "versioning", "GetBucketVersioning"),
        ("GET", "k", "", "GetObject"), ("GET", "k", "uploadId", "ListParts"), ("PUT", "", "", "CreateBucket"),
        ("PUT", "k", "", "PutObject"), ("PUT", "k", "partNumber", "UploadPart"),
        ("POST", "", "delete", "DeleteObjects"),
        ("POST", "k", "uploads", "CreateMultipartUpload"), ("POST", "k", "uploadId", "CompleteMultipartUpload"),
        ("DELETE", "k", "", "DeleteObject"), ("DELETE", "k", "uploadId", "AbortMultipartUpload"),
    ])
    func names(method: String, key: String, parameter: String, name: String) {
        let query = parameter.isEmpty ? [] : [(parameter, "")]
        #expect(S3Request(method: method, key: key, query: query).operationName == name)
    }

    @Test func tracesAreNamedUnlessTheQueryIsSigned() async throws {
        let trace = TraceContext()
        try await TestBucket.run { _, _ in
            .init(body: "x")
        } test: { client, service in
            _ = try await client.get("k")
            try await TraceContext.$current.withValue(trace) {
                _ = try await client.get("k")
                try await client.delete("k", validity: S3Validity(start: Date(), lifetime: .seconds(60)))
            }
            let sent = service.requests.map { $0.headers["traceparent"].flatMap { TraceContext($0) } }
            #expect(sent.map { $0?.traceID } == [nil, trace.traceID, nil])
            #expect(sent[1] != trace, "the request is a span of its own")
            let signed = service.requests[1].headers["authorization"] ?? ""
            #expect(signed.contains("SignedHeaders=host;") && !signed.contains("traceparent"))
        }
    }
}

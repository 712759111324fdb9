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

/// What the client makes of answers that are none of success, and of none at all.
@Suite struct S3ClientFailureTests {
    static let refusals: [(LocalService.Reply, S3Error.Code, tries: Int)] = [
        (.init(status: 304), .notModified, 1),
        (.init(status: 403), .accessDenied, 1),
        (.init(status: 403, body: TestBucket.error("SignatureDoesNotMatch")), "SignatureDoesNotMatch", 1),
        (.init(status: 404, body: TestBucket.error("NoSuchBucket")), .noSuchBucket, 1),
        (.init(status: 404, body: "<html>not found</html>"), .noSuchKey, 1),
        (.init(status: 412, body: TestBucket.error("PreconditionFailed")), .preconditionFailed, 1),
        (.init(status: 416), .invalidRange, 1),
        (.init(status: 418, body: "teapot"), "", 1),
        (.init(status: 409, body: TestBucket.error("OperationAborted")), "OperationAborted", 4),
        (.init(status: 500, body: TestBucket.error("InternalError")), "InternalError", 4),
        (.init(status: 502, body: "<html>bad gateway</html>"), "", 4),
        (.init(status: 507), "", 4),
        (.init(breaksOff: true), .connection, 4),
    ]

    @Test(arguments: refusals.indices)
    func reportsRefusals(index: Int) async throws {
        let (reply, code, tries) = Self.refusals[index]
        try await TestBucket.run { _, _ in
            reply
        } test: { client, service in
            let error = await expectS3Error(code) { _ = try await client.get("k") }
            #expect(error?.isRetryable == (tries > 1))
            // The HTTP client itself repeats what broke off on a connection that was used before.
            #expect(service.requests.count == tries || reply.breaksOff)
        }
    }

    @Test func describesErrors() async throws {
        let body = TestBucket.error("AccessDenied")
        try await TestBucket.run { _, _ in
            .init(status: 403, body: body)
        } test: { client, _ in
            let get = await expectS3Error(.accessDenied) { _ = try await client.get("nar/x") }
            #expect(get?.description == "GET nar/x: because (HTTP 403, AccessDenied, request r-1)")
            let list = await expectS3Error(.accessDenied) { _ = try await client.list() }
            #expect(list?.description == "GET bucket bucket?list-type: because (HTTP 403, AccessDenied, request r-1)")
        }
        try await TestBucket.run { _, _ in
            .init(status: 403)
        } test: { client, _ in
            let error = await expectS3Error(.accessDenied) { _ = try await client.head("k") }
            #expect(error?.description == "HEAD k: the service answers with status 403 (HTTP 403, AccessDenied)")
        }
    }

    @Test(arguments: [
        LocalService.Reply(status: 503, body: TestBucket.error("SlowDown")), .init(status: 429),
        .init(status: 500), .init(breaksOff: true),
    ])
    func getsOverFaults(fault: LocalService.Reply) async throws {
        try await TestBucket.run { _, number in
            number < 2 ? fault : .init(headers: [("ETag", "\"e\"")])
        } test: { client, service in
            let etag = try await client.put([1, 2, 3], to: "k")
            #expect(etag == "e")
            #expect(service.requests.allSatisfy { $0.body == [1, 2, 3] })
            #expect(service.requests.count >= 3)
            // Fewer requests are asked for by these only.
            #expect((client.retrierRate != nil) == [429, 503].contains(fault.status))
        }
    }

    @Test func makesAStreamAnewForEachTry() async throws {
        let made = Mutex(0)
        try await TestBucket.run { _, number in
            .init(status: number == 0 ? 500 : 200)
        } test: { client, service in
            try await client.put(
                streaming: {
                    made.withLock { $0 += 1 }
                    return AsyncThrowingStream<[UInt8], any Error> { continuation in
                        continuation.yield([1, 2])
                        continuation.finish()
                    }
                }, length: 2, to: "k")
            #expect(service.requests.map(\.body) == [[1, 2], [1, 2]])
        }
        #expect(made.withLock { $0 } == 2)
    }

    @Test func takesAnErrorBehindSuccessForAnError() async throws {
        try await TestBucket.run { _, _ in
            .init(body: TestBucket.error("InternalError"))
        } test: { client, service in
            let complete = await expectS3Error("InternalError") {
                try await client.completeMultipartUpload("k", uploadID: "u", parts: [S3Part(number: 1, etag: "e")])
            }
            #expect(complete?.status == 200)
            #expect(complete?.isRetryable == true)
            #expect(service.requests.count { $0.method == "POST" } == 4)
            await expectS3Error("InternalError") { try await client.copy("a", to: "b") }
        }
        try await TestBucket.run { _, _ in
            .init(body: TestBucket.error("InvalidPart"))
        } test: { client, service in
            await expectS3Error(.invalidPart) {
                try await client.completeMultipartUpload("k", uploadID: "u", parts: [S3Part(number: 1, etag: "e")])
            }
            #expect(service.requests.count == 1)
        }
    }

    @Test(arguments: ["NoSuchUpload", "NoSuchKey"])
    func doesNotGoOnCompletingWhatIsGone(code: String) async throws {
        try await TestBucket.run { request, _ in
            request.method == "POST"
                ? .init(status: 500, body: TestBucket.error("InternalError"))
                : .init(status: 404, body: TestBucket.error(code))
        } test: { client, service in
            let error = await expectS3Error(.noSuchUpload) {
                try await client.completeMultipartUpload("k", uploadID: "u", parts: [S3Part(number: 1, etag: "e")])
            }
            #expect(error?.isRetryable == false)
            #expect(
                service.requests.map { "\($0.method) \($0.target)" }
                    == ["POST /bucket/k?uploadId=u", "GET /bucket/k?max-parts=1&uploadId=u"])
        }
    }

    static let nonsense: [(LocalService.Reply, @Sendable (S3Client) async throws -> Void)] = [
        (.init(body: "<html/>"), { _ = try await $0.list() }),
        (.init(body: "<html/>"), { _ = try await $0.probe() }),
        (
            .init(body: "<VersioningConfiguration><Status>Maybe</Status></VersioningConfiguration>"),
            { _ = try await $0.versioning() }
        ),
        (.init(body: ""), { _ = try await $0.createMultipartUpload("k") }),
        (
            .init(body: "<CompleteMultipartUploadResult>"),
            { try await $0.completeMultipartUpload("k", uploadID: "u", parts: []) }
        ),
        (.init(status: 206, body: "x"), { _ = try await $0.get("k", range: .from(0)) }),
        (.init(status: 206, headers: [("Content-Range", "bytes 4-1/9")], body: "x"), { _ = try await $0.get("k") }),
        (.init(), { _ = try await $0.uploadPart([1], of: "k", uploadID: "u", number: 1) }),
        (
            .init(body: "<DeleteResult><x></DeleteResult>"),
            { if let error = await $0.delete(["k"]).failures["k"] { throw error } }
        ),
        (.init(body: "<DeleteResult/>"), { if let error = await $0.delete(["k"]).failures["k"] { throw error } }),
        (
            .init(
                body: """
                    <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>\
                    </ListBucketResult>
                    """), { for try await _ in $0.objects() {} }
        ),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: nonsense.indices)
    func refusesNonsense(index: Int) async throws {
        let (reply, run) = Self.nonsense[index]
        try await TestBucket.run { _, _ in
            reply
        } test: { client, _ in
            await expectS3Error(.malformedReply) { try await run(client) }
        }
    }

    @Test func tellsAbsentObjectsFromUnknownOnes() async throws {
        try await TestBucket.run { _, _ in
            .init(status: 404)
        } test: { client, _ in
            let attributes = try await client.head("k")
            #expect(attributes == nil)
            try await client.delete("k")
            try await client.abortMultipartUpload("k", uploadID: "u")
        }
        try await TestBucket.run { _, _ in
            .init(status: 404, body: TestBucket.error("NoSuchKey"))
        } test: { client, _ in
            await expectS3Error(.noSuchUpload) { _ = try await client.listParts("k", uploadID: "u") }
        }
    }

    /// A probe says how things are now.
    @Test(arguments: [500, 503, 429])
    func probesOnce(status: Int) async throws {
        try await TestBucket.run { _, _ in
            .init(status: status)
        } test: { client, service in
            let error = await #expect(throws: S3Error.self) { _ = try await client.probe() }
            #expect(error?.status == status)
            #expect(service.requests.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(1))) func givesAProbeUpInTime() async throws {
        try await TestBucket.run { _, _ in
            try await Task.sleep(for: .seconds(60))
            return .init()
        } test: { client, _ in
            let error = await #expect(throws: S3Error.self) {
                _ = try await client.probe(timeout: .milliseconds(50))
            }
            #expect(error?.code == .connection)
        }
    }

    @Test(.timeLimit(.minutes(1))) func stopsWhenCancelled() async throws {
        try await TestBucket.run { _, _ in
            try await Task.sleep(for: .seconds(60))
            return .init()
        } test: { client, service in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await expectS3Error(.cancelled) { _ = try await client.get("k") } }
                while service.requests.isEmpty { try? await Task.sleep(for: .milliseconds(1)) }
                group.cancelAll()
            }
            #expect(service.requests.count == 1)
        }
    }
}

extension S3Client {
    /// The rate to which the service has slowed the client down.
    fileprivate var retrierRate: Double? { retrier.limiter?.rate }
}

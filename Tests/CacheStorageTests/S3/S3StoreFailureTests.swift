import CacheCore
import CurlKit
import S3Kit
import Synchronization
import TestServices
import Testing

@testable import CacheStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the store makes of answers that real services seldom give.
@Suite(.timeLimit(.minutes(1))) struct S3StoreFailureTests {
    static let refusals: [(Int, String, ObjectStoreError.Code)] = [
        (503, "SlowDown", .throttled), (429, "", .throttled), (400, "RequestLimitExceeded", .throttled),
        (503, "ServiceUnavailable", .unavailable), (500, "InternalError", .unavailable), (502, "", .unavailable),
        (409, "OperationAborted", .unavailable),
        (403, "AccessDenied", .denied), (403, "SignatureDoesNotMatch", .denied), (403, "RequestTimeTooSkewed", .denied),
        (401, "", .denied),
        (507, "", .insufficientStorage), (403, "QuotaExceeded", .insufficientStorage),
        (400, "EntityTooLarge", .tooLarge), (413, "", .tooLarge),
        (404, "NoSuchBucket", .other), (400, "InvalidRequest", .other), (418, "", .other),
    ]

    static func lease(_ age: Duration = .zero, lasts: Duration = .seconds(60)) -> Lease {
        let start = Timestamp(Date()) - age
        return Lease(signedAt: start, validUntil: start + lasts)
    }

    static func put(_ store: S3Store, lease: Lease = lease()) async throws(ObjectStoreError) {
        try await store.put([1], to: "nar/x", contentType: "text/plain", contentEncoding: nil, lease: lease)
    }

    @Test(arguments: refusals.indices)
    func tellsKindsOfFailureApart(index: Int) async throws {
        let (status, code, kind) = Self.refusals[index]
        let body = code.isEmpty ? "" : "<Error><Code>\(code)</Code><Message>because</Message></Error>"
        try await withLocalS3 { _, _ in
            .init(status: status, body: body)
        } _: { store, service in
            let error = await #expect(throws: ObjectStoreError.self) { try await Self.put(store) }
            #expect(error?.code == kind)
            #expect(error?.message.hasPrefix("PUT nar/x: ") == true)
            #expect(error?.message.contains("in the bucket bucket at \(service.url): ") == true)
            #expect(error?.message.hasSuffix(".") == true)
            let outcomes = try await store.delete(["a", "b"], lease: Self.lease())
            #expect(outcomes.mapValues { $0?.code } == ["a": kind, "b": kind])
        }
    }

    static let completions: [(Int, String, ObjectStoreError.Code)] = [
        (200, "InvalidPart", .invalidPart), (400, "InvalidPartOrder", .invalidPart),
        (400, "EntityTooSmall", .invalidPart),
        (404, "NoSuchUpload", .noSuchUpload), (200, "InternalError", .unavailable), (200, "SlowDown", .throttled),
        (200, "AccessDenied", .other), (403, "AccessDenied", .denied), (400, "EntityTooLarge", .tooLarge),
    ]

    @Test(arguments: completions.indices)
    func seesThroughASuccessThatIsNone(index: Int) async throws {
        let (status, code, kind) = Self.completions[index]
        try await withLocalS3 { request, _ in
            request.method == "POST"
                ? .init(status: status, body: "  \n<Error><Code>\(code)</Code><Message>because</Message></Error>")
                : .init(body: "<ListPartsResult/>")
        } _: { store, _ in
            let error = await #expect(throws: ObjectStoreError.self) {
                try await store.completeMultipart(
                    for: "nar/x", uploadID: "id", parts: [CompletedPart(partNumber: 1, etag: "e")], lease: Self.lease())
            }
            #expect(error?.code == kind)
        }
    }

    @Test func reportsAServiceThatIsNotThere() async throws {
        let port = try await withLocalS3 { _, _ in
            .init()
        } _: { _, service in
            service.port
        }
        let http = HTTPClient()
        let client = S3Client(
            endpoint: S3Endpoint(scheme: "http", host: "127.0.0.1", port: port, bucket: "bucket"),
            credentials: S3CredentialsCache(StaticCredentials(S3Credentials(accessKeyID: "a", secretAccessKey: "b"))),
            http: http, retrier: Retrier(policy: .never))
        let store = S3Store(client: client)
        let checked = await #expect(throws: ObjectStoreError.self) { try await store.check() }
        #expect(checked?.code == .unavailable)
        let put = await #expect(throws: ObjectStoreError.self) { try await Self.put(store) }
        #expect(put?.code == .unavailable)
        #expect(put?.message.contains("no connection could be made") == true)
        await http.shutdown()
    }

    /// However long a service asks to be left alone, nobody waits for it beyond the lease.
    @Test(arguments: [503, 500])
    func triesAgainWithinTheLeaseOnly(status: Int) async throws {
        try await withLocalS3(retries: 5) { _, _ in
            .init(status: status, headers: [("Retry-After", "100")], body: "<Error><Code>SlowDown</Code></Error>")
        } _: { store, service in
            let start = ContinuousClock.now
            await #expect(throws: ObjectStoreError.self) { try await Self.put(store, lease: Self.lease(.seconds(1))) }
            #expect(service.requests.count == 1)
            #expect(start.duration(to: .now) < .seconds(30))
        }
        try await withLocalS3(retries: 5) { _, number in
            number < 2 ? .init(status: status, body: "<Error><Code>SlowDown</Code></Error>") : .init(status: 200)
        } _: { store, service in
            try await Self.put(store)
            #expect(Set(service.requests.map(\.target)).count == 1)
            #expect(service.requests.count == 3)
        }
    }

    /// The service's own clock says whether the time is over, whatever ours says.
    @Test func goesByTheServicesClockAboutALease() async throws {
        for (date, code) in [
            ("Fri, 15 Jan 2027 08:01:00 GMT", ObjectStoreError.Code.expired),
            ("Fri, 15 Jan 2027 08:00:59 GMT", .denied),
        ] {
            try await withLocalS3 { _, _ in
                .init(status: 403, headers: [("Date", date)], body: "<Error><Code>AccessDenied</Code></Error>")
            } _: { store, _ in
                let start = Timestamp(microseconds: 1_800_000_000_900_000)
                let error = await #expect(throws: ObjectStoreError.self) {
                    try await Self.put(store, lease: Lease(signedAt: start, validUntil: start + .seconds(60)))
                }
                #expect(error?.code == code)
            }
        }
    }

    @Test func asksNothingForALeaseWithoutLength() async throws {
        try await withLocalS3 { _, _ in
            .init()
        } _: { store, service in
            let lease = Self.lease(lasts: .milliseconds(999))
            let put = await #expect(throws: ObjectStoreError.self) { try await Self.put(store, lease: lease) }
            #expect(put?.code == .expired)
            let deletion = await #expect(throws: ObjectStoreError.self) { try await store.delete(["a"], lease: lease) }
            #expect(deletion?.code == .expired)
            #expect(service.requests.isEmpty)
        }
    }

    @Test func deletesEachKeyOnce() async throws {
        try await withLocalS3 { _, _ in
            .init(body: "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>")
        } _: { store, service in
            let outcomes = try await store.delete(["a", "b", "a", "b"], lease: Self.lease())
            #expect(outcomes.mapValues { $0?.code } == ["a": nil, "b": .other])
            #expect(service.requests.count == 1)
            #expect(service.requests[0].text.split(separator: "<Key>").count == 3)
        }
    }

    @Test func goesOnAfterAnEmptyPage() async throws {
        try await withLocalS3 { _, number in
            .init(
                body: number == 0
                    ? """
                    <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>\
                    </ListBucketResult>
                    """
                    : """
                    <ListBucketResult><Contents><Key>k</Key><Size>1</Size><LastModified>2027-01-15T08:00:00.000Z\
                    </LastModified></Contents></ListBucketResult>
                    """)
        } _: { store, service in
            let page = try await store.list(prefix: "", after: nil, limit: 10)
            #expect(
                page
                    == ObjectPage(
                        objects: [.init(key: "k", size: 1, lastModified: Timestamp(seconds: 1_800_000_000))],
                        hasMore: false))
            #expect(service.requests.count == 2)
            #expect(service.requests[1].query.contains("continuation-token=t"))
        }
    }

    @Test(
        arguments: [
            ("zstd", nil, "zstd"), (nil, "zstd", "zstd"), ("gzip", "zstd", "gzip"), ("aws-chunked", "zstd", "zstd"),
            ("aws-chunked, zstd", nil, "zstd"), ("zstd,aws-chunked", nil, "zstd"), ("", nil, nil),
            ("identity", nil, nil),
            (nil, nil, nil), ("zstd, gzip", nil, "zstd, gzip"),
        ] as [(String?, String?, String?)])
    func findsTheEncoding(header: String?, metadata: String?, encoding: String?) async throws {
        var headers: [(String, String)] = []
        if let header { headers.append(("Content-Encoding", header)) }
        if let metadata { headers.append(("X-Amz-Meta-Content-Encoding", metadata)) }
        try await withLocalS3 { [headers] _, _ in
            .init(headers: headers, body: "x")
        } _: { store, _ in
            let content = try await store.content(of: "k", range: nil)
            #expect(content?.attributes.contentEncoding == encoding)
        }
    }

    @Test func namesTheObjectWhoseBytesEndTooEarly() async throws {
        try await withLocalS3 { _, _ in
            .init(headers: [("Content-Length", "1000"), ("Connection", "close")], body: "x")
        } _: { store, service in
            let content = try #require(try await store.content(of: "nar/x", range: nil))
            let error = await #expect(throws: ObjectStoreError.self) { for try await _ in content.body {} }
            #expect(error?.code == .unavailable)
            #expect(error?.message.hasPrefix("nar/x could not be read whole from the bucket bucket at ") == true)
            #expect(service.requests.count == 1)
        }
    }

    @Test func asksNoByteOfARangeThatNamesNone() async throws {
        try await withLocalS3 { request, _ in
            .init(headers: [("Content-Length", "10")])
        } _: { store, service in
            for range in [ByteRange.last(0), .from(-1, through: nil), .from(5, through: 4)] {
                let content = try #require(try await store.content(of: "k", range: range))
                #expect(content.range == 10..<10)
            }
            #expect(service.requests.map(\.method) == ["HEAD", "HEAD", "HEAD"])
        }
    }

    @Test func readsVersioning() async throws {
        for (status, body, isKept) in [
            (200, "<VersioningConfiguration/>", false), (501, "", false), (405, "", false),
            (200, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", true),
            (200, "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>", true),
        ] {
            try await withLocalS3 { _, _ in
                .init(status: status, body: body)
            } _: { store, service in
                let answer = try await store.keepsDeletedObjects()
                #expect(answer == isKept)
                #expect(service.requests.map(\.target) == ["/bucket?versioning="])
            }
        }
    }
}

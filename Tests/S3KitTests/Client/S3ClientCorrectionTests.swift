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

/// What the client puts right after an answer, and what it does not.
@Suite struct S3ClientCorrectionTests {
    static func region(_ request: LocalService.Request) -> String {
        let parts = (request.headers["authorization"] ?? "").split(separator: "/")
        return parts.count > 2 ? String(parts[2]) : ""
    }

    static let wrongRegions: [LocalService.Reply] = [
        .init(
            status: 301, headers: [("x-amz-bucket-region", "eu-central-1")], body: TestBucket.error("PermanentRedirect")
        ),
        .init(status: 400, headers: [("x-amz-bucket-region", "eu-central-1")]),
        .init(
            status: 400,
            body: TestBucket.error("AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>")),
        .init(status: 403, headers: [("X-Amz-Bucket-Region", "eu-central-1")]),
    ]

    @Test(arguments: wrongRegions.indices)
    func goesToTheRightRegion(index: Int) async throws {
        try await TestBucket.run { request, _ in
            Self.region(request) == "eu-central-1"
                ? .init(body: "x") : Self.wrongRegions[index]
        } test: { client, service in
            let first = try await client.get("k")
            let second = try await client.get("k")
            #expect([first.range, second.range] == [0..<1, 0..<1])
            #expect(service.requests.map(Self.region) == ["us-east-1", "eu-central-1", "eu-central-1"])
            #expect(client.region == "eu-central-1")
            let url = try await client.presignedPut("k", lifetime: .seconds(1))
            #expect(url.contains("%2Feu-central-1%2Fs3%2F"))
        }
    }

    @Test(arguments: ["here", "bad region", "a.b", "", "us-east-1"])
    func doesNotGoRoundInCircles(region: String) async throws {
        try await TestBucket.run { _, _ in
            .init(status: 301, headers: [("x-amz-bucket-region", region)], body: TestBucket.error("PermanentRedirect"))
        } test: { client, service in
            await expectS3Error("PermanentRedirect") { _ = try await client.get("k") }
            #expect(service.requests.count == (region == "here" ? 2 : 1))
        }
    }

    @Test func movesAmazonsHosts() throws {
        for (host, moved) in [
            ("s3.amazonaws.com", "s3.eu-west-3.amazonaws.com"),
            ("s3.us-east-1.amazonaws.com", "s3.eu-west-3.amazonaws.com"),
            ("s3.dualstack.us-east-1.amazonaws.com", "s3.dualstack.eu-west-3.amazonaws.com"),
            ("s3.dualstack.eu-west-3.amazonaws.com", "s3.dualstack.eu-west-3.amazonaws.com"),
            ("s3.example.org", "s3.example.org"),
        ] {
            let client = S3Client(
                endpoint: try S3Endpoint(parsing: host, bucket: "cache"), region: "eu-west-3",
                credentials: S3CredentialsCache(StaticCredentials(TestBucket.key)), http: HTTPClient())
            #expect(client.endpoint.host == moved)
            #expect(client.region == "eu-west-3")
        }
    }

    static let serverDate = Date(timeIntervalSinceNow: -7200)
    static let serverDateText = S3Timestamp.http(serverDate)

    /// Answers as a service whose clock is two hours behind.
    static func skewed(_ request: LocalService.Request, isMute: Bool = false) -> LocalService.Reply {
        let headers = [("Date", serverDateText), ("Content-Length", "1")]
        let date = (request.headers["x-amz-date"] ?? "").prefix(11)
        if date == stamp(serverDate) { return .init(headers: headers, body: "x") }
        guard !isMute else { return .init(status: 403, headers: [("Date", serverDateText)]) }
        return .init(
            status: 403, headers: [("Date", serverDateText)], body: TestBucket.error("RequestTimeTooSkewed"))
    }

    /// The day and the hour as signatures spell them.
    static func stamp(_ date: Date) -> Substring { SigningDate(date).timestamp.prefix(11) }

    @Test(arguments: [false, true])
    func goesByTheServicesClock(isMute: Bool) async throws {
        try await TestBucket.run { request, _ in
            Self.skewed(request, isMute: isMute)
        } test: { client, service in
            _ = try await client.head("k")
            _ = try await client.head("k")
            #expect(service.requests.count == 3)
            #expect(abs(client.clockOffset / .seconds(1) + 7200) < 60)
        }
    }

    @Test func believesTheServicesClockOnce() async throws {
        try await TestBucket.run { _, _ in
            .init(status: 403, headers: [("Date", Self.serverDateText)], body: TestBucket.error("RequestTimeTooSkewed"))
        } test: { client, service in
            await expectS3Error("RequestTimeTooSkewed") { _ = try await client.get("k") }
            #expect(service.requests.count == 2)
        }
    }

    @Test(arguments: [
        LocalService.Reply(status: 400, body: TestBucket.error("ExpiredToken")),
        .init(status: 403, body: TestBucket.error("InvalidAccessKeyId")), .init(status: 400),
    ])
    func renewsRefusedCredentials(refusal: LocalService.Reply) async throws {
        try await TestBucket.run(source: RotatingSource()) { request, _ in
            (request.headers["authorization"] ?? "").contains("KEY2") ? .init() : refusal
        } test: { client, service in
            _ = try await client.get("k")
            #expect(service.requests.count == 2)
            #expect(service.requests.allSatisfy { $0.headers["x-amz-security-token"] == "t" })
        }
        try await TestBucket.run(source: RotatingSource()) { _, _ in
            refusal
        } test: { client, service in
            let object = try? await client.get("k")
            #expect(object == nil)
            #expect(service.requests.count == 2)
        }
    }

    @Test func datesAllTriesOfALeaseAlike() async throws {
        let start = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 - 5).rounded(.down))
        let validity = S3Validity(start: start, lifetime: .seconds(60))
        try await TestBucket.run { _, number in
            number < 2 ? .init(status: 503, body: TestBucket.error("SlowDown")) : .init(status: 200)
        } test: { client, service in
            try await client.put([1], to: "k", options: S3PutOptions(contentType: "a/b", validity: validity))
            let targets = service.requests.map(\.target)
            #expect(targets.count == 3)
            #expect(Set(targets).count == 1)
            #expect(targets[0].contains("X-Amz-Date=\(Self.stamp(start))"))
            #expect(targets[0].contains("&X-Amz-Expires=60&X-Amz-SignedHeaders=content-md5%3Bcontent-type%3Bhost&"))
            #expect(service.requests[0].headers["authorization"] == nil)
            #expect(service.requests[0].headers["content-type"] == "a/b")
            #expect(service.requests[0].headers["content-md5"] == "VaVACK0bpYmqIQ0mKcHfQQ==")
        }
    }

    /// The answer to a second try would be taken for that of the first, which may take effect later.
    @Test(arguments: [500, 502, 503, 504])
    func triesNoMoreUnderALeaseWhenATryMayYetTakeEffect(status: Int) async throws {
        let validity = S3Validity(start: Date(timeIntervalSinceNow: -5), lifetime: .seconds(60))
        try await TestBucket.run { _, number in
            .init(status: number == 0 ? status : 200)
        } test: { client, service in
            let error = await expectS3Error("") { try await client.delete("k", validity: validity) }
            #expect(error?.status == status)
            #expect(error?.isRetryable == true)
            #expect(error?.mayTakeEffect == true)
            #expect(service.requests.count == 1)
            try await client.delete("k")
        }
    }

    @Test func triesNoMoreWhenALeaseIsOver() async throws {
        let validity = S3Validity(start: Date(timeIntervalSinceNow: -100), lifetime: .seconds(60))
        try await TestBucket.run { _, _ in
            .init(status: 500)
        } test: { client, service in
            let error = await expectS3Error("") { try await client.delete("k", validity: validity) }
            #expect(error?.status == 500)
            #expect(service.requests.count == 1)
        }
    }

    @Test func saysWhenALeaseIsOver() async throws {
        let validity = S3Validity(start: Date(timeIntervalSinceNow: -100), lifetime: .seconds(60))
        try await TestBucket.run { _, _ in
            .init(status: 403, body: TestBucket.error("AccessDenied"))
        } test: { client, service in
            let error = await expectS3Error(.tooLate) { try await client.delete("k", validity: validity) }
            #expect(
                error?.description
                    == "DELETE k: the time in which it may take effect is over (HTTP 403, too-late, request r-1)")
            #expect(error?.isRetryable == false)
            #expect(service.requests.count == 1)
        }
    }
}

/// Gives out keys with rising numbers.
private final class RotatingSource: S3CredentialsSource {
    private let count = Mutex(0)

    func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return .found(
            S3ResolvedCredentials(
                credentials: S3Credentials(accessKeyID: "KEY\(number)", secretAccessKey: "s", sessionToken: "t")))
    }
}

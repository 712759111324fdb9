import CurlKit
import TestServices
import Testing

@testable import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The agents of ECS and EKS, as the AWS reference guide describes them.
@Suite struct ContainerCredentialsTests {
    static let document = """
        {"AccessKeyId":"ASIA","SecretAccessKey":"secret","Token":"token","Expiration":"2030-01-02T03:04:05Z",
         "RoleArn":"arn:aws:iam::1:role/x"}
        """
    static let expected = S3CredentialsFinding.found(
        S3ResolvedCredentials(
            credentials: S3Credentials(accessKeyID: "ASIA", secretAccessKey: "secret", sessionToken: "token"),
            expiration: Date(timeIntervalSince1970: 1_893_553_445)))

    @Test func asksTheTaskAgent() async throws {
        try await LocalService.run { _, _ in
            .init(body: Self.document)
        } test: { service, http in
            let source = ContainerCredentials(
                environment: [
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1?a=b",
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.org/",
                ], http: http, relativeOrigin: service.url)
            let finding = try await source.lookUp()
            #expect(finding == Self.expected)
            #expect(service.requests.map(\.target) == ["/v2/credentials/1?a=b"])
            #expect(service.requests[0].headers["authorization"] == nil)
        }
    }

    @Test func showsTheTokenOfThePod() async throws {
        let files = try TemporaryFiles()
        let file = try files.write("first\n", to: "token")
        try await LocalService.run { _, _ in
            .init(body: Self.document)
        } test: { service, http in
            let source = ContainerCredentials(
                environment: [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(service.url)/v1/credentials",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this",
                ], http: http)
            let first = try await source.lookUp()
            try files.write("second", to: "token")
            let second = try await source.lookUp()
            #expect([first, second] == [Self.expected, Self.expected])
            #expect(service.requests.map { $0.headers["authorization"] } == ["first", "second"])
        }
    }

    @Test(arguments: [
        ("https://anywhere.example/x", true), ("http://127.0.0.1/x", true), ("http://127.9.9.9:80", true),
        ("http://localhost:1338/x", true), ("http://[::1]/x", true), ("http://169.254.170.2/x", true),
        ("HTTP://169.254.170.23/v1/credentials", true), ("http://[FD00:EC2::23]/v1", true),
        ("http://169.254.169.254/x", false), ("http://example.org/x", false), ("http://127.0.0.1.example.org/", false),
        ("http://127.example.org/", false), ("http://localhost@example.org/", false), ("ftp://127.0.0.1/", false),
        ("http://", false), ("", false),
    ])
    func asksOnlyWhatIsNear(url: String, allowed: Bool) {
        #expect(ContainerCredentials.isAllowed(url) == allowed)
    }

    static let refusals: [(LocalService.Reply, String)] = [
        (.init(status: 404), "the agent answers with status 404; check that a role is attached"),
        (.init(body: "<html>"), "the answer is not the JSON that it should be"),
        (.init(body: "{}"), "the answer holds no access key"),
        (.init(body: #"{"Code":"Failed","Message":"no role"}"#), "the service reports Failed: no role"),
        (
            .init(body: #"{"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"soon"}"#),
            "the answer's Expiration is no time"
        ),
    ]

    @Test(arguments: refusals.indices)
    func refuses(index: Int) async throws {
        let (reply, message) = Self.refusals[index]
        try await LocalService.run { _, _ in
            reply
        } test: { service, http in
            let source = ContainerCredentials(
                environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": service.url], http: http)
            let error = await expectS3Error(.badCredentials) { _ = try await source.lookUp() }
            #expect(error?.message == message)
        }
    }

    @Test func refusesBadSettings() async throws {
        let url = "http://127.0.0.1:9/"
        for environment in [
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "no-slash"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.org/"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX: b"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nonexistent"],
        ] {
            await expectS3Error(.badCredentials) {
                _ = try await ContainerCredentials(environment: environment, http: HTTPClient()).lookUp()
            }
        }
        #expect(
            try await ContainerCredentials(environment: [:], http: HTTPClient()).lookUp()
                == .absent(
                    reason: """
                        neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set
                        """))
    }
}

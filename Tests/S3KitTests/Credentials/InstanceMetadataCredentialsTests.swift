import CurlKit
import S3Kit
import TestServices
import Testing

/// The instance metadata service, version 2, as the EC2 user guide describes it.
@Suite struct InstanceMetadataCredentialsTests {
    static let document = """
        {"Code":"Success","LastUpdated":"2029-01-01T00:00:00Z","Type":"AWS-HMAC","AccessKeyId":"ASIA",
         "SecretAccessKey":"secret","Token":"token","Expiration":"2030-01-02T03:04:05Z"}
        """

    /// Answers as the service does: nothing without a session's token.
    static func answer(_ request: LocalService.Request) -> LocalService.Reply {
        let roles = "/latest/meta-data/iam/security-credentials/"
        if request.target == "/latest/api/token" {
            guard request.method == "PUT" else { return .init(status: 405) }
            guard request.headers["x-aws-ec2-metadata-token-ttl-seconds"] != nil else { return .init(status: 400) }
            return .init(body: "AQAEA==")
        }
        guard request.headers["x-aws-ec2-metadata-token"] == "AQAEA==" else { return .init(status: 401) }
        switch request.target {
        case roles: return .init(body: "my-role\n")
        case roles + "my-role": return .init(body: document)
        default: return .init(status: 404)
        }
    }

    static func lookUp(_ answer: @escaping LocalService.Answer) async throws -> S3CredentialsFinding {
        try await LocalService.run(answer: answer) { service, http in
            try await InstanceMetadataCredentials(
                environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": service.url + "/"], http: http
            ).lookUp()
        }
    }

    @Test func asksTheService() async throws {
        #expect(try await Self.lookUp { request, _ in Self.answer(request) } == ContainerCredentialsTests.expected)
    }

    @Test func triesAgain() async throws {
        let finding = try await Self.lookUp { request, number in
            number == 1 || number == 3 ? .init(status: 503) : Self.answer(request)
        }
        #expect(finding == ContainerCredentialsTests.expected)
    }

    @Test(arguments: [
        ("/latest/api/token", 404, nil),
        ("/latest/meta-data/iam/security-credentials/", 404, "the instance has no role"),
    ])
    func knowsWhenThereIsNone(target: String, status: Int, reason: String?) async throws {
        let finding = try await Self.lookUp { request, _ in
            request.target == target ? .init(status: status) : Self.answer(request)
        }
        guard case .absent(let given) = finding else {
            Issue.record("credentials were found")
            return
        }
        #expect(given == reason ?? given)
        #expect(given.hasPrefix(reason ?? "there is no instance metadata service at http://127.0.0.1:"))
    }

    @Test func needsNoService() async throws {
        let closed = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"]
        #expect(
            try await InstanceMetadataCredentials(environment: closed, http: HTTPClient()).lookUp()
                == .absent(reason: "there is no instance metadata service at http://127.0.0.1:1"))
        #expect(
            try await InstanceMetadataCredentials(
                environment: ["AWS_EC2_METADATA_DISABLED": "TRUE"], http: HTTPClient()
            ).lookUp() == .absent(reason: "AWS_EC2_METADATA_DISABLED is true"))
    }

    static let refusals: [(String, LocalService.Reply)] = [
        ("/latest/api/token", .init(status: 403)), ("/latest/api/token", .init(body: "a b")),
        ("/latest/meta-data/iam/security-credentials/", .init(body: "../secret")),
        ("/latest/meta-data/iam/security-credentials/", .init(body: "")),
        ("/latest/meta-data/iam/security-credentials/my-role", .init(status: 404)),
        (
            "/latest/meta-data/iam/security-credentials/my-role",
            .init(body: #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#)
        ),
    ]

    @Test(arguments: refusals.indices)
    func refuses(index: Int) async throws {
        let (target, reply) = Self.refusals[index]
        await expectS3Error(.badCredentials) {
            _ = try await Self.lookUp { request, _ in request.target == target ? reply : Self.answer(request) }
        }
    }
}

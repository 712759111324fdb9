import S3Kit
import TestServices
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The token service, as STS's API reference describes it.
@Suite struct WebIdentityCredentialsTests {
    static let token = "eyJhbGciOi.J+/=.x"
    static let expected = S3CredentialsFinding.found(
        S3ResolvedCredentials(
            credentials: S3Credentials(
                accessKeyID: "ASgeIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
                sessionToken: "AQoDYXdzEE0a8ANX="),
            expiration: Date(timeIntervalSince1970: 1_414_191_623)))

    static func lookUp(
        file: String? = nil, answer: @escaping LocalService.Answer
    ) async throws -> (S3CredentialsFinding, [LocalService.Request]) {
        let files = try TemporaryFiles()
        let tokenFile = try file ?? files.write(token + "\n", to: "token")
        return try await LocalService.run(answer: answer) { service, http in
            let finding = try await WebIdentityCredentials(
                environment: [
                    "AWS_WEB_IDENTITY_TOKEN_FILE": tokenFile, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/r s",
                    "AWS_ROLE_SESSION_NAME": "build", "AWS_ENDPOINT_URL_STS": service.url,
                ], http: http
            ).lookUp()
            return (finding, service.requests)
        }
    }

    @Test func exchangesTheToken() async throws {
        let (finding, requests) = try await Self.lookUp { _, _ in .init(body: S3ReplyTests.role) }
        #expect(finding == Self.expected)
        #expect(requests.map(\.method) == ["POST"])
        #expect(requests.first?.target == "/")
        #expect(requests.first?.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(
            requests.first?.text == """
                Action=AssumeRoleWithWebIdentity&Version=2011-06-15\
                &RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr%20s&RoleSessionName=build\
                &WebIdentityToken=eyJhbGciOi.J%2B%2F%3D.x
                """)
    }

    static let busy = """
        <ErrorResponse><Error><Type>Sender</Type><Code>IDPCommunicationError</Code><Message>later</Message></Error>\
        </ErrorResponse>
        """

    @Test(arguments: [
        LocalService.Reply(status: 400, body: busy), .init(status: 503, body: "<html>"), .init(status: 429),
        .init(breaksOff: true),
    ])
    func triesAgain(fault: LocalService.Reply) async throws {
        let (finding, requests) = try await Self.lookUp { _, number in
            number < 2 ? fault : .init(body: S3ReplyTests.role)
        }
        #expect(finding == Self.expected)
        #expect(requests.count >= 3)
    }

    @Test func passesRefusalsOn() async throws {
        let refusal = """
            <ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized to perform \
            sts:AssumeRoleWithWebIdentity</Message></Error><RequestId>r-1</RequestId></ErrorResponse>
            """
        let error = await expectS3Error(.badCredentials) {
            _ = try await Self.lookUp { _, _ in .init(status: 403, body: refusal) }
        }
        #expect(
            error?.description == """
                credentials from AssumeRoleWithWebIdentity: the token service refuses the role \
                arn:aws:iam::123456789012:role/r s: Not authorized to perform sts:AssumeRoleWithWebIdentity; check the \
                role's trust policy and the token's audience (HTTP 403, bad-credentials, request r-1)
                """)
        await expectS3Error(.malformedReply) { _ = try await Self.lookUp { _, _ in .init(body: "<html/>") } }
    }

    @Test func refusesBadTokenFiles() async throws {
        let files = try TemporaryFiles()
        let empty = try files.write(" \n", to: "empty")
        for file in [empty, files.path, files.path + "/none"] {
            await expectS3Error(.badCredentials) { _ = try await Self.lookUp(file: file) { _, _ in .init() } }
        }
    }
}

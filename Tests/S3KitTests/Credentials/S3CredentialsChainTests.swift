import CurlKit
import S3Kit
import Testing

@Suite struct S3CredentialsChainTests {
    @Test func listsWhatWasTried() async throws {
        let http = HTTPClient()
        let chain = S3CredentialsChain.standard(
            environment: ["AWS_EC2_METADATA_DISABLED": "true"], http: http, direct: http)
        let error = await expectS3Error(.noCredentials) { _ = try await chain.lookUp() }
        #expect(
            error?.description == """
                credentials: no source has any, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or configure one of \
                those tried: environment: AWS_ACCESS_KEY_ID is not set; web identity: AWS_WEB_IDENTITY_TOKEN_FILE is \
                not set; shared files: HOME is not set; container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor \
                AWS_CONTAINER_CREDENTIALS_FULL_URI is set; instance metadata: AWS_EC2_METADATA_DISABLED is true
                """)
    }

    @Test func endsAtASourceThatIsBroken() async throws {
        let http = HTTPClient()
        let chain = S3CredentialsChain.standard(
            environment: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent"], http: http, direct: http)
        let error = await expectS3Error(.badCredentials) { _ = try await chain.lookUp() }
        #expect(
            error?.message == "AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN is not; set it to the role's ARN")
    }

    @Test func takesTheFirst() async throws {
        let chain = S3CredentialsChain([
            ("one", EnvironmentCredentials(environment: [:])),
            ("two", StaticCredentials(S3Credentials(accessKeyID: "2", secretAccessKey: "s"))),
            ("three", StaticCredentials(S3Credentials(accessKeyID: "3", secretAccessKey: "s"))),
        ])
        #expect(try await chain.lookUp() == FileCredentialsTests.found("2", "s"))
    }
}

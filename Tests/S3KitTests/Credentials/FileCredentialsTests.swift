import CurlKit
import S3Kit
import Testing

/// Credentials from the environment and from shared files.
@Suite struct FileCredentialsTests {
    static func found(_ id: String, _ secret: String, _ token: String? = nil) -> S3CredentialsFinding {
        .found(
            S3ResolvedCredentials(
                credentials: S3Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)))
    }

    @Test func readsTheEnvironment() async throws {
        let key = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": ""]
        #expect(try await EnvironmentCredentials(environment: key).lookUp() == Self.found("AKID", "secret"))
        let temporary = key.merging(["AWS_SESSION_TOKEN": "token"]) { $1 }
        #expect(
            try await EnvironmentCredentials(environment: temporary).lookUp() == Self.found("AKID", "secret", "token"))
        #expect(
            try await EnvironmentCredentials(environment: ["AWS_ACCESS_KEY_ID": ""]).lookUp()
                == .absent(reason: "AWS_ACCESS_KEY_ID is not set"))
        let error = await expectS3Error(.badCredentials) {
            _ = try await EnvironmentCredentials(environment: ["AWS_SECRET_ACCESS_KEY": "secret"]).lookUp()
        }
        #expect(
            error?.description == """
                credentials from the environment: only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set; set \
                both or neither
                """)
    }

    static let config = """
        [default]
        region = eu-west-1
        aws_access_key_id = CONFIG
        aws_secret_access_key = config
        [profile both]
        aws_access_key_id = CONFIG
        aws_secret_access_key = config
        [profile half]
        aws_access_key_id = HALF
        [profile process]
        credential_process = /bin/true
        [profile empty]
        region = x
        """
    static let credentials = """
        [both]
        aws_access_key_id = CREDENTIALS
        aws_secret_access_key = credentials
        aws_session_token = token
        """

    static func lookUp(profile: String?, variables: [String: String] = [:]) async throws -> S3CredentialsFinding {
        let files = try TemporaryFiles()
        var environment = [
            "AWS_CONFIG_FILE": try files.write(config, to: "config"),
            "AWS_SHARED_CREDENTIALS_FILE": try files.write(credentials, to: "credentials"),
        ]
        environment.merge(variables) { $1 }
        return try await ProfileCredentials(environment: environment, profile: profile, http: HTTPClient()).lookUp()
    }

    @Test func readsProfiles() async throws {
        #expect(try await Self.lookUp(profile: nil) == Self.found("CONFIG", "config"))
        #expect(try await Self.lookUp(profile: "both") == Self.found("CREDENTIALS", "credentials", "token"))
        #expect(
            try await Self.lookUp(profile: nil, variables: ["AWS_PROFILE": "both"])
                == Self.found("CREDENTIALS", "credentials", "token"))
    }

    @Test(arguments: [
        ("half", "it has only one of aws_access_key_id and aws_secret_access_key; add the other"),
        (
            "process",
            """
            credential_process is not supported; export the credentials into the environment, as \
            `aws configure export-credentials --format env` prints them
            """
        ),
        ("empty", "it holds no credentials; add aws_access_key_id and its secret"),
    ])
    func refusesProfiles(profile: String, message: String) async {
        let error = await expectS3Error(.badCredentials) { _ = try await Self.lookUp(profile: profile) }
        #expect(error?.description == "credentials from profile \(profile): \(message)")
    }

    @Test func knowsWhenThereAreNoProfiles() async throws {
        let files = try TemporaryFiles()
        let home = ["HOME": files.path]
        #expect(
            try await ProfileCredentials(environment: home, http: HTTPClient()).lookUp()
                == .absent(
                    reason: """
                        profile default is neither in \(files.path)/.aws/credentials nor in \(files.path)/.aws/config
                        """))
        #expect(
            try await ProfileCredentials(environment: [:], http: HTTPClient()).lookUp()
                == .absent(reason: "HOME is not set"))
        await expectS3Error(.badCredentials) {
            _ = try await ProfileCredentials(environment: home, profile: "gone", http: HTTPClient()).lookUp()
        }
        let unreadable = await expectS3Error(.badCredentials) {
            let environment = ["AWS_CONFIG_FILE": files.path, "AWS_SHARED_CREDENTIALS_FILE": files.path]
            _ = try await ProfileCredentials(environment: environment, http: HTTPClient()).lookUp()
        }
        #expect(unreadable?.message == "\(files.path) cannot be read: Is a directory; check its permissions")
    }
}

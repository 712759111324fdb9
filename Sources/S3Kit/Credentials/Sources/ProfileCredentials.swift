public import CurlKit

/// Credentials from a profile of the files that the AWS tools share.
///
/// A profile holds an access key, or a role that is taken up with a web identity's token. Profiles that need another
/// program or another profile (`credential_process`, `source_profile`, `sso_…`) are refused with an error.
///
/// Source: AWS SDKs and Tools reference guide, "Shared config and credentials files"
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>).
public struct ProfileCredentials: S3CredentialsSource {
    private let environment: [String: String]
    private let profile: String
    private let isExplicit: Bool
    private let http: HTTPClient

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - environment: the process's variables by name: `AWS_PROFILE`, `AWS_CONFIG_FILE`,
    ///     `AWS_SHARED_CREDENTIALS_FILE` and `HOME` count.
    ///   - profile: the profile's name; `nil` takes `AWS_PROFILE`, else `default`.
    ///   - http: what asks the token service.
    public init(environment: [String: String], profile: String? = nil, http: HTTPClient) {
        self.environment = environment
        let chosen = profile ?? environment.nonEmpty("AWS_PROFILE")
        self.profile = chosen ?? "default"
        self.isExplicit = chosen != nil
        self.http = http
    }

    /// Finds the profile's credentials. A profile that was asked for by name and is not there is an error.
    public func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        let credentialsFile = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        let configFile = path("AWS_CONFIG_FILE", "config")
        let credentials = try await read(credentialsFile, kind: .credentials)
        let config = try await read(configFile, kind: .config)
        let found = [config, credentials].compactMap { $0?.profiles[profile] }
        guard !found.isEmpty else {
            let places = [credentialsFile, configFile].compactMap(\.self).joined(separator: " nor in ")
            let reason = places.isEmpty ? "HOME is not set" : "profile \(profile) is neither in \(places)"
            guard !isExplicit else {
                throw failure("\(reason); add it, or unset AWS_PROFILE")
            }
            return .absent(reason: reason)
        }
        // The credentials file comes last, as its settings go before those of the config file.
        let settings = found.reduce(into: [:]) { $0.merge($1) { _, later in later } }
        return try await finding(in: settings)
    }

    private func finding(in settings: [String: String]) async throws(S3Error) -> S3CredentialsFinding {
        if let tokenFile = settings.nonEmpty("web_identity_token_file"), let role = settings.nonEmpty("role_arn") {
            return try await WebIdentityCredentials(
                tokenFile: tokenFile, roleARN: role, sessionName: settings.nonEmpty("role_session_name"),
                endpoint: WebIdentityCredentials.endpoint(environment: environment, region: settings["region"]),
                http: http
            ).lookUp()
        }
        let id = settings.nonEmpty("aws_access_key_id")
        let secret = settings.nonEmpty("aws_secret_access_key")
        if let id, let secret {
            return .found(
                S3ResolvedCredentials(
                    credentials: S3Credentials(
                        accessKeyID: id, secretAccessKey: secret,
                        sessionToken: settings.nonEmpty("aws_session_token"))))
        }
        if id != nil || secret != nil {
            throw failure("it has only one of aws_access_key_id and aws_secret_access_key; add the other")
        }
        for unsupported in [
            "credential_process", "source_profile", "credential_source", "sso_session", "sso_start_url",
        ]
        where settings.nonEmpty(unsupported) != nil {
            throw failure(
                """
                \(unsupported) is not supported; export the credentials into the environment, as \
                `aws configure export-credentials --format env` prints them
                """)
        }
        guard !isExplicit else { throw failure("it holds no credentials; add aws_access_key_id and its secret") }
        return .absent(reason: "profile \(profile) holds no credentials")
    }

    private func path(_ variable: String, _ name: String) -> String? {
        if let path = environment.nonEmpty(variable) { return path }
        return environment.nonEmpty("HOME").map { "\($0)/.aws/\(name)" }
    }

    private func read(_ path: String?, kind: ProfileFile.Kind) async throws(S3Error) -> ProfileFile? {
        guard let path else { return nil }
        switch await SmallFile.read(path) {
        case .text(let text): return ProfileFile(parsing: text, kind: kind)
        case .missing: return nil
        case .unreadable(let reason): throw failure("\(path) cannot be read: \(reason); check its permissions")
        }
    }

    private func failure(_ message: String) -> S3Error {
        S3Error(.badCredentials, operation: "credentials from profile \(profile)", message: message)
    }
}

/// Credentials from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
///
/// Source: AWS SDKs and Tools reference guide, "AWS access keys"
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html>).
public struct EnvironmentCredentials: S3CredentialsSource {
    private let environment: [String: String]

    /// Makes a source.
    ///
    /// - Parameter environment: the process's variables by name.
    public init(environment: [String: String]) {
        self.environment = environment
    }

    /// Finds the key in the variables; one half without the other is an error.
    public func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        let id = environment.nonEmpty("AWS_ACCESS_KEY_ID")
        let secret = environment.nonEmpty("AWS_SECRET_ACCESS_KEY")
        if id == nil, secret == nil { return .absent(reason: "AWS_ACCESS_KEY_ID is not set") }
        guard let id, let secret else {
            throw S3Error(
                .badCredentials, operation: "credentials from the environment",
                message: "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set; set both or neither")
        }
        return .found(
            S3ResolvedCredentials(
                credentials: S3Credentials(
                    accessKeyID: id, secretAccessKey: secret,
                    sessionToken: environment.nonEmpty("AWS_SESSION_TOKEN"))))
    }
}

extension [String: String] {
    /// A variable's value; one that is set to nothing counts as not set.
    func nonEmpty(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

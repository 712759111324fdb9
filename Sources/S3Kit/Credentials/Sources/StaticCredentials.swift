/// Credentials that are known from the start and last.
public struct StaticCredentials: S3CredentialsSource {
    /// The key.
    public let credentials: S3Credentials

    /// Makes a source that always has one key.
    public init(_ credentials: S3Credentials) {
        self.credentials = credentials
    }

    /// Always finds the key.
    public func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        .found(S3ResolvedCredentials(credentials: credentials))
    }
}

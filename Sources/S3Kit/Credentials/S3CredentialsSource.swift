/// A place where credentials may be found.
public protocol S3CredentialsSource: Sendable {
    /// Looks for credentials now; nothing is kept between two calls.
    ///
    /// - Returns: the credentials, or why there are none here, which is not an error: a chain goes on to its next
    ///   source.
    /// - Throws: ``S3Error`` when the source is configured but does not work. A chain ends there, so that nobody acts
    ///   with another identity than the one that was configured.
    func lookUp() async throws(S3Error) -> S3CredentialsFinding
}

/// What looking for credentials found.
public enum S3CredentialsFinding: Hashable, Sendable {
    /// There are some.
    case found(S3ResolvedCredentials)

    /// This source is not in use here. The reason names what is not set, as in `AWS_ACCESS_KEY_ID is not set`.
    case absent(reason: String)
}

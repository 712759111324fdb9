public import CurlKit

/// Several sources of credentials, of which the first one that is in use counts.
public struct S3CredentialsChain: S3CredentialsSource {
    private let sources: [(name: String, source: any S3CredentialsSource)]

    /// Makes a chain.
    ///
    /// - Parameter sources: the sources in the order in which they are tried, with the names that errors give them.
    public init(_ sources: [(name: String, source: any S3CredentialsSource)]) {
        self.sources = sources
    }

    /// The order of the AWS tools: environment, web identity, shared files, container, instance metadata.
    ///
    /// - Parameters:
    ///   - environment: the process's variables by name.
    ///   - http: what asks services elsewhere.
    ///   - direct: what asks services of this machine; it must not use a proxy.
    ///
    /// Source: AWS SDKs and Tools reference guide, "Standardized credential providers"
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>).
    public static func standard(
        environment: [String: String], http: HTTPClient, direct: HTTPClient
    ) -> S3CredentialsChain {
        S3CredentialsChain([
            ("environment", EnvironmentCredentials(environment: environment)),
            ("web identity", WebIdentityCredentials(environment: environment, http: http)),
            ("shared files", ProfileCredentials(environment: environment, http: http)),
            ("container", ContainerCredentials(environment: environment, http: direct)),
            ("instance metadata", InstanceMetadataCredentials(environment: environment, http: direct)),
        ])
    }

    /// Asks one source after the other.
    ///
    /// - Throws: ``S3Error``, `noCredentials` with each source's reason when none is in use; what a source that is in
    ///   use throws.
    public func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        var reasons: [String] = []
        for (name, source) in sources {
            switch try await source.lookUp() {
            case .found(let credentials): return .found(credentials)
            case .absent(let reason): reasons.append("\(name): \(reason)")
            }
        }
        throw S3Error(
            .noCredentials, operation: "credentials",
            message: """
                no source has any, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or configure one of those tried: \
                \(reasons.joined(separator: "; "))
                """)
    }
}

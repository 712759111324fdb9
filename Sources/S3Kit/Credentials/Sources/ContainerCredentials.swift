public import CurlKit

/// Credentials from the agent beside a container: Amazon ECS, or EKS Pod Identity.
///
/// Source: AWS SDKs and Tools reference guide, "Container credential provider"
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>).
public struct ContainerCredentials: S3CredentialsSource {
    private static let operation = "credentials from the container's agent"
    private let environment: [String: String]
    private let relativeOrigin: String
    private let http: HTTPClient

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - environment: the process's variables by name: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`,
    ///     `AWS_CONTAINER_CREDENTIALS_FULL_URI`, `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` and
    ///     `AWS_CONTAINER_AUTHORIZATION_TOKEN` count.
    ///   - http: what asks the agent; it must not use a proxy.
    ///   - relativeOrigin: where a relative URI leads.
    public init(environment: [String: String], http: HTTPClient, relativeOrigin: String = "http://169.254.170.2") {
        self.environment = environment
        self.relativeOrigin = relativeOrigin
        self.http = http
    }

    /// Asks the agent.
    public func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        let url: String
        if let path = environment.nonEmpty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/") else {
                throw failure("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash")
            }
            url = relativeOrigin + path
        } else if let full = environment.nonEmpty("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard Self.isAllowed(full) else {
                throw failure(
                    """
                    AWS_CONTAINER_CREDENTIALS_FULL_URI is \(full), which is neither https nor on this machine; the \
                    token would be readable on the way
                    """)
            }
            url = full
        } else {
            return .absent(
                reason: """
                    neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set
                    """)
        }
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if let token = try await authorization() { headers.append(name: "Authorization", value: token) }
        let request = HTTPRequest(
            url: url, headers: headers, connectTimeout: .seconds(2), totalTimeout: .seconds(10))
        let exchange = CredentialsExchange(http: http, operation: Self.operation)
        let (status, body) = try await exchange.send(request)
        guard status == 200 else {
            throw S3Error(
                .badCredentials, operation: Self.operation,
                message: "the agent answers with status \(status); check that a role is attached", status: status)
        }
        return .found(try CredentialsDocument.credentials(parsing: body, operation: Self.operation))
    }

    /// The token to show, from its file where there is one: it rotates.
    private func authorization() async throws(S3Error) -> String? {
        var token = environment.nonEmpty("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let path = environment.nonEmpty("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            switch await SmallFile.read(path) {
            case .text(let text): token = String(text[...].trimmed)
            case .missing: throw failure("the token file \(path) does not exist; check that it is mounted")
            case .unreadable(let reason): throw failure("the token file \(path) cannot be read: \(reason)")
            }
        }
        guard let token else { return nil }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw failure("the authorization token is empty or holds a line break")
        }
        return token
    }

    /// Whether a full URI may be asked: over TLS anything, else only this machine and the agents' own addresses.
    static func isAllowed(_ url: String) -> Bool {
        if url.lowercased().hasPrefix("https://") { return true }
        guard url.lowercased().hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { return false }
        let host =
            authority.hasPrefix("[")
            ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        let isLoopback = octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
        let known = ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
        return isLoopback || known.contains(host.lowercased())
    }

    private func failure(_ message: String) -> S3Error {
        S3Error(.badCredentials, operation: Self.operation, message: message)
    }
}

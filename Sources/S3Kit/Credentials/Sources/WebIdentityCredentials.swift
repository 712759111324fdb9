public import CurlKit

/// Credentials of a role that is taken up with a token from an identity provider, as Kubernetes gives it to a pod
/// (IAM roles for service accounts).
///
/// Source: AWS STS API reference, "AssumeRoleWithWebIdentity"
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>).
public struct WebIdentityCredentials: S3CredentialsSource {
    private static let operation = "credentials from AssumeRoleWithWebIdentity"
    private let tokenFile: String?
    private let roleARN: String?
    private let sessionName: String
    private let endpoint: String
    private let http: HTTPClient

    /// Makes a source out of its parts.
    ///
    /// - Parameters:
    ///   - tokenFile: the file that holds the token; it is read anew each time, as it rotates.
    ///   - roleARN: the role to take up.
    ///   - sessionName: what the role's sessions are called in logs.
    ///   - endpoint: the URL of the token service.
    ///   - http: what asks the token service.
    public init(tokenFile: String?, roleARN: String?, sessionName: String? = nil, endpoint: String, http: HTTPClient) {
        self.tokenFile = tokenFile
        self.roleARN = roleARN
        self.sessionName = sessionName ?? "niks3"
        self.endpoint = endpoint
        self.http = http
    }

    /// Makes a source as the environment asks for it.
    ///
    /// - Parameters:
    ///   - environment: the process's variables by name: `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`,
    ///     `AWS_ROLE_SESSION_NAME`, `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL`, `AWS_REGION` and
    ///     `AWS_DEFAULT_REGION` count.
    ///   - http: what asks the token service.
    public init(environment: [String: String], http: HTTPClient) {
        self.init(
            tokenFile: environment.nonEmpty("AWS_WEB_IDENTITY_TOKEN_FILE"),
            roleARN: environment.nonEmpty("AWS_ROLE_ARN"),
            sessionName: environment.nonEmpty("AWS_ROLE_SESSION_NAME"),
            endpoint: Self.endpoint(environment: environment), http: http)
    }

    /// The token service that is meant: the one set, else the region's, else the global one.
    static func endpoint(environment: [String: String], region: String? = nil) -> String {
        if let url = environment.nonEmpty("AWS_ENDPOINT_URL_STS") ?? environment.nonEmpty("AWS_ENDPOINT_URL") {
            return url
        }
        guard
            let region = environment.nonEmpty("AWS_REGION") ?? environment.nonEmpty("AWS_DEFAULT_REGION") ?? region,
            !region.isEmpty
        else { return "https://sts.amazonaws.com" }
        return "https://sts.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")"
    }

    /// Exchanges the token for credentials.
    public func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        guard let tokenFile else { return .absent(reason: "AWS_WEB_IDENTITY_TOKEN_FILE is not set") }
        guard let roleARN else {
            throw failure("AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN is not; set it to the role's ARN")
        }
        let token: String
        switch await SmallFile.read(tokenFile) {
        case .text(let text): token = String(text[...].trimmed)
        case .missing: throw failure("the token file \(tokenFile) does not exist; check that it is mounted")
        case .unreadable(let reason): throw failure("the token file \(tokenFile) cannot be read: \(reason)")
        }
        guard !token.isEmpty else { throw failure("the token file \(tokenFile) is empty") }
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", roleARN),
            ("RoleSessionName", sessionName), ("WebIdentityToken", token),
        ].map { "\($0)=\(S3PercentEncoding.encode($1))" }.joined(separator: "&")
        let request = HTTPRequest(
            method: "POST", url: endpoint.hasSuffix("/") ? endpoint : endpoint + "/",
            headers: ["Content-Type": "application/x-www-form-urlencoded"], body: .bytes(Array(form.utf8)),
            connectTimeout: .seconds(5), totalTimeout: .seconds(20))
        let exchange = CredentialsExchange(http: http, operation: Self.operation)
        let (status, body) = try await exchange.send(request) { status, body in
            let code = (try? S3ErrorReply(parsing: body))?.code
            return code == "IDPCommunicationError" || status >= 500 || status == 429
        }
        guard status == 200 else {
            let reply = try? S3ErrorReply(parsing: body)
            throw S3Error(
                .badCredentials, operation: Self.operation,
                message: """
                    the token service refuses the role \(roleARN): \(reply?.message ?? "no reason is given"); check \
                    the role's trust policy and the token's audience
                    """,
                status: status, requestID: reply?.requestID)
        }
        do {
            return .found(try WebIdentityReply.credentials(parsing: body))
        } catch {
            throw S3Error(
                .malformedReply, operation: Self.operation, message: "the answer is no answer of STS: \(error)",
                status: status, cause: error)
        }
    }

    private func failure(_ message: String) -> S3Error {
        S3Error(.badCredentials, operation: Self.operation, message: message)
    }
}

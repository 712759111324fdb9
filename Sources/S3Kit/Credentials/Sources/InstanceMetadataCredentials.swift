public import CurlKit

/// Credentials of the role that an EC2 instance has, from the instance metadata service, version 2.
///
/// Source: Amazon EC2 user guide, "Use the Instance Metadata Service to access instance metadata"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>).
public struct InstanceMetadataCredentials: S3CredentialsSource {
    private static let operation = "credentials from the instance metadata service"
    private static let rolesPath = "/latest/meta-data/iam/security-credentials/"
    private let environment: [String: String]
    private let http: HTTPClient

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - environment: the process's variables by name: `AWS_EC2_METADATA_DISABLED`,
    ///     `AWS_EC2_METADATA_SERVICE_ENDPOINT` and `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` count.
    ///   - http: what asks the service; it must not use a proxy.
    public init(environment: [String: String], http: HTTPClient) {
        self.environment = environment
        self.http = http
    }

    /// Asks the service. A machine without one, or an instance without a role, is not an error.
    public func lookUp() async throws(S3Error) -> S3CredentialsFinding {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" {
            return .absent(reason: "AWS_EC2_METADATA_DISABLED is true")
        }
        guard let token = try await sessionToken() else {
            return .absent(reason: "there is no instance metadata service at \(endpoint)")
        }
        let (rolesStatus, roles) = try await get(Self.rolesPath, token: token)
        guard rolesStatus != 404 else { return .absent(reason: "the instance has no role") }
        guard rolesStatus == 200,
            let role = String(validating: roles, as: UTF8.self)?.split(whereSeparator: \.isNewline).first,
            !role.contains("/")
        else { throw failure("the service does not name the instance's role", status: rolesStatus) }
        let (status, body) = try await get(Self.rolesPath + S3PercentEncoding.encode(role), token: token)
        guard status == 200 else { throw failure("the service has no credentials for \(role)", status: status) }
        return .found(try CredentialsDocument.credentials(parsing: body, operation: Self.operation))
    }

    private var endpoint: String {
        if let url = environment.nonEmpty("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        let mode = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased()
        return mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }

    /// Begins a session; `nil` where nothing answers, as on a machine that is no instance.
    private func sessionToken() async throws(S3Error) -> String? {
        let request = HTTPRequest(
            method: "PUT", url: endpoint + "/latest/api/token",
            headers: ["X-aws-ec2-metadata-token-ttl-seconds": "300"],
            connectTimeout: .seconds(1), totalTimeout: .seconds(2))
        let status: Int
        let body: [UInt8]
        do {
            let response = try await http.execute(request)
            status = response.status
            body = try await response.body.collect(upTo: CredentialsExchange.maximumReply)
        } catch {
            guard error.code != .cancelled else {
                throw S3Error(.cancelled, operation: Self.operation, message: "the task was cancelled", cause: error)
            }
            return nil
        }
        guard status == 200, let token = String(validating: body, as: UTF8.self), !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            guard status != 404, status != 405 else { return nil }
            throw failure("the service gives no session token", status: status)
        }
        return token
    }

    private func get(_ path: String, token: String) async throws(S3Error) -> (status: Int, body: [UInt8]) {
        let request = HTTPRequest(
            url: endpoint + path, headers: ["X-aws-ec2-metadata-token": token], connectTimeout: .seconds(1),
            totalTimeout: .seconds(5))
        return try await CredentialsExchange(http: http, operation: Self.operation).send(request)
    }

    private func failure(_ message: String, status: Int) -> S3Error {
        S3Error(
            .badCredentials, operation: Self.operation,
            message: "\(message); check the instance's role and its metadata options", status: status)
    }
}

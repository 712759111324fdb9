#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON in which containers and instances get their credentials.
struct CredentialsDocument: Decodable {
    let code: String?
    let message: String?
    let accessKeyID: String?
    let secretAccessKey: String?
    let token: String?
    let expiration: String?

    private enum CodingKeys: String, CodingKey {
        case code = "Code"
        case message = "Message"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
    }

    /// Reads an answer.
    ///
    /// - Throws: ``S3Error`` when it is not JSON, says that something failed, or lacks a part.
    static func credentials(parsing body: [UInt8], operation: String) throws(S3Error) -> S3ResolvedCredentials {
        func failure(_ message: String, cause: (any Error)? = nil) -> S3Error {
            S3Error(.badCredentials, operation: operation, message: message, cause: cause)
        }
        let document: CredentialsDocument
        do {
            document = try JSONDecoder().decode(CredentialsDocument.self, from: Data(body))
        } catch {
            throw failure("the answer is not the JSON that it should be", cause: error)
        }
        if let code = document.code, code != "Success" {
            throw failure("the service reports \(code): \(document.message ?? "no reason is given")")
        }
        guard let id = document.accessKeyID, let secret = document.secretAccessKey, !id.isEmpty, !secret.isEmpty else {
            throw failure("the answer holds no access key")
        }
        var expiration: Date?
        if let text = document.expiration {
            expiration = S3Timestamp.parse(iso: text)
            guard expiration != nil else { throw failure("the answer's Expiration is no time") }
        }
        return S3ResolvedCredentials(
            credentials: S3Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: document.token),
            expiration: expiration)
    }
}

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads `AssumeRoleWithWebIdentityResponse`.
///
/// Source: AWS STS API reference, "AssumeRoleWithWebIdentity".
enum WebIdentityReply {
    static func credentials(parsing bytes: [UInt8]) throws(XMLError) -> S3ResolvedCredentials {
        var values: [String: String] = [:]
        try XMLReader.read(bytes, root: "AssumeRoleWithWebIdentityResponse") { (reader) throws(XMLError) in
            try reader.eachChild { (name, reader) throws(XMLError) in
                guard name == "AssumeRoleWithWebIdentityResult" else { return }
                try reader.eachChild { (name, reader) throws(XMLError) in
                    guard name == "Credentials" else { return }
                    try reader.eachChild { (name, reader) throws(XMLError) in values[name] = try reader.text() }
                }
            }
        }
        guard let id = values["AccessKeyId"], let secret = values["SecretAccessKey"],
            let token = values["SessionToken"],
            let expiration = values["Expiration"].flatMap(S3Timestamp.parse(iso:)),
            ![id, secret, token].contains("")
        else { throw XMLError(reason: "the credentials are incomplete", offset: bytes.count) }
        return S3ResolvedCredentials(
            credentials: S3Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token),
            expiration: expiration)
    }
}

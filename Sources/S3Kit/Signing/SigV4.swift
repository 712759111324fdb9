import Crypto

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// AWS Signature Version 4: a pure function of request, credentials, region and date.
///
/// Source: Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
public struct SigV4: Sendable {
    /// Whose key signs.
    public let credentials: S3Credentials

    /// The region that the signature is for, such as `us-east-1`.
    public let region: String

    /// The service that the signature is for: `s3`, or `sts`.
    public let service: String

    static let algorithm = "AWS4-HMAC-SHA256"

    private let keys: SigningKeyCache

    /// Makes a signer.
    ///
    /// - Parameters:
    ///   - credentials: whose key signs.
    ///   - region: the bucket's region; services without regions mostly take `us-east-1`.
    ///   - service: the service's name in the signature's scope.
    public init(credentials: S3Credentials, region: String, service: String = "s3") {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.keys = SigningKeyCache(
            secretAccessKey: credentials.secretAccessKey, region: region, service: service)
    }

    /// Signs a request in its headers.
    ///
    /// - Parameters:
    ///   - method: the HTTP method, in capitals.
    ///   - hostHeader: what the `Host` header will say, with a port only where it is not the scheme's own.
    ///   - encodedPath: the percent-encoded path that is sent.
    ///   - query: names and values, not encoded, in any order.
    ///   - headers: further headers, all of which are signed. `Host`, `X-Amz-Date`, `X-Amz-Content-Sha256` and
    ///     `X-Amz-Security-Token` are added here.
    ///   - payload: what is said about the body.
    ///   - date: when the request is made; services allow for 15 minutes of skew.
    /// - Returns: the headers to send besides `Host`: those given, those added, and `Authorization` as the last.
    public func signedHeaders(
        method: String, hostHeader: String, encodedPath: String, query: [(String, String)] = [],
        headers: [(String, String)] = [], payload: S3PayloadHash, date: Date
    ) -> [(name: String, value: String)] {
        let instant = SigningDate(date)
        var sent = headers
        sent.append(("x-amz-content-sha256", payload.headerValue))
        sent.append(("x-amz-date", instant.timestamp))
        if let token = credentials.sessionToken {
            sent.append(("x-amz-security-token", token))
        }
        let request = CanonicalRequest(
            method: method, encodedPath: encodedPath, query: query, headers: sent + [("host", hostHeader)],
            payloadHash: payload.headerValue)
        let signature = Hex.encode(authenticationCode(of: request, at: instant))
        let credential = "\(credentials.accessKeyID)/\(scope(of: instant))"
        sent.append(
            (
                "authorization",
                "\(Self.algorithm) Credential=\(credential),SignedHeaders=\(request.signedHeaders),Signature=\(signature)"
            ))
        return sent.map { (name: $0.0, value: $0.1) }
    }

    /// The part of the credential that says what a signature is good for.
    func scope(of instant: SigningDate) -> String {
        "\(instant.day)/\(region)/\(service)/aws4_request"
    }

    func authenticationCode(of request: CanonicalRequest, at instant: SigningDate) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(
            for: Array(stringToSign(hash: request.hash, at: instant).utf8), using: keys.key(for: instant.day))
    }

    /// What URLs of an instant and a life have in common.
    func prefix(date: Date, lifetime: Int64) -> PresignedPrefix {
        let seconds = SigningDate.seconds(of: date)
        return keys.prefix(seconds: seconds, lifetime: lifetime) { keys in
            let instant = SigningDate(seconds: seconds)
            return PresignedPrefix(
                signer: self, instant: instant, lifetime: lifetime, key: keys.key(for: instant.day))
        }
    }

    /// Whether a signature in hex is that of a request; takes the same time for every wrong one.
    func isValid(_ signature: [UInt8], of request: CanonicalRequest, at instant: SigningDate) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            signature, authenticating: Array(stringToSign(hash: request.hash, at: instant).utf8),
            using: keys.key(for: instant.day))
    }

    /// - Parameter hash: the hash of the canonical request.
    func stringToSign(hash: String, at instant: SigningDate) -> String {
        "\(Self.algorithm)\n\(instant.timestamp)\n\(scope(of: instant))\n\(hash)"
    }
}

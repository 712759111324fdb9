#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension SigV4 {
    /// The longest life of a presigned URL, 7 days.
    public static let maximumLifetime = Duration.seconds(604_800)

    /// Makes a URL that carries its own signature. The body is not covered.
    ///
    /// - Parameters:
    ///   - method: the HTTP method, in capitals.
    ///   - scheme: `http` or `https`; not covered by the signature.
    ///   - hostHeader: what the `Host` header will say, with a port only where it is not the scheme's own.
    ///   - encodedPath: the percent-encoded path.
    ///   - query: further names and values, not encoded, all of which are signed.
    ///   - headers: headers that whoever uses the URL must send just so. None but `Host` for URLs that are given
    ///     to clients.
    ///   - lifetime: for how long the URL is good, in whole seconds: cut to 1 second … 7 days.
    ///   - date: from when on it is good.
    /// - Returns: the URL.
    public func presignedURL(
        method: String, scheme: String, hostHeader: String, encodedPath: String, query: [(String, String)] = [],
        headers: [(String, String)] = [], lifetime: Duration, date: Date
    ) -> String {
        let instant = SigningDate(date)
        let seconds = min(max(lifetime, .seconds(1)), Self.maximumLifetime).components.seconds
        var signed = query
        signed.append(("X-Amz-Algorithm", Self.algorithm))
        signed.append(("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(of: instant))"))
        signed.append(("X-Amz-Date", instant.timestamp))
        signed.append(("X-Amz-Expires", String(seconds)))
        if let token = credentials.sessionToken {
            signed.append(("X-Amz-Security-Token", token))
        }
        let names = (headers.map { $0.0.lowercased() } + ["host"]).sorted()
        signed.append(("X-Amz-SignedHeaders", names.joined(separator: ";")))

        let request = CanonicalRequest(
            method: method, encodedPath: encodedPath, query: signed, headers: headers + [("host", hostHeader)],
            payloadHash: S3PayloadHash.unsigned.headerValue)
        let signature = Hex.encode(authenticationCode(of: request, at: instant))
        return "\(scheme)://\(hostHeader)\(encodedPath)?\(request.encodedQuery)&X-Amz-Signature=\(signature)"
    }

    /// Makes a URL of an object, or of its bucket, that carries its own signature.
    ///
    /// - Parameters:
    ///   - method: the HTTP method, in capitals.
    ///   - endpoint: where the bucket is.
    ///   - key: the object's key; empty for the bucket itself.
    ///   - query: further names and values, not encoded, all of which are signed.
    ///   - headers: headers that whoever uses the URL must send just so.
    ///   - lifetime: for how long the URL is good, in whole seconds: cut to 1 second … 7 days.
    ///   - date: from when on it is good.
    /// - Returns: the URL.
    public func presignedURL(
        method: String, endpoint: S3Endpoint, key: String, query: [(String, String)] = [],
        headers: [(String, String)] = [], lifetime: Duration, date: Date
    ) -> String {
        presignedURL(
            method: method, scheme: endpoint.scheme, hostHeader: endpoint.hostHeader,
            encodedPath: endpoint.encodedPath(of: key), query: query, headers: headers, lifetime: lifetime, date: date)
    }
}

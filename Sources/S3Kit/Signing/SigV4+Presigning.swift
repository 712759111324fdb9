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
        let seconds = min(max(lifetime, .seconds(1)), Self.maximumLifetime).components.seconds
        if headers.isEmpty, hostHeader.utf8.allSatisfy({ $0 > UInt8(ascii: " ") }), PresignedPrefix.canPrecede(query) {
            return prefix(date: date, lifetime: seconds).url(
                method: method, scheme: scheme, hostHeader: hostHeader, encodedPath: encodedPath, query: query)
        }
        let instant = SigningDate(date)
        let names = (headers.map { $0.0.lowercased() } + ["host"]).sorted()
        let request = CanonicalRequest(
            method: method, encodedPath: encodedPath,
            query: query
                + parameters(instant: instant, lifetime: seconds, signedHeaders: names.joined(separator: ";")),
            headers: headers + [("host", hostHeader)], payloadHash: S3PayloadHash.unsigned.headerValue)
        let signature = Hex.encode(authenticationCode(of: request, at: instant))
        return "\(scheme)://\(hostHeader)\(encodedPath)?\(request.encodedQuery)&X-Amz-Signature=\(signature)"
    }

    /// What a signature in the query says besides itself.
    func parameters(instant: SigningDate, lifetime: Int64, signedHeaders: String) -> [(String, String)] {
        var parameters = [
            ("X-Amz-Algorithm", Self.algorithm),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(of: instant))"),
            ("X-Amz-Date", instant.timestamp), ("X-Amz-Expires", String(lifetime)),
            ("X-Amz-SignedHeaders", signedHeaders),
        ]
        if let token = credentials.sessionToken { parameters.append(("X-Amz-Security-Token", token)) }
        return parameters
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

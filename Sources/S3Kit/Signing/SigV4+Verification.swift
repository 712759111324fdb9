#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension SigV4 {
    /// The longest query, in bytes, that is looked at.
    static let maximumQueryLength = 8192

    /// The longest path, in bytes, that is looked at: a key has at most 1024 bytes, each of which may be escaped.
    static let maximumPathLength = 4096

    /// The most parameters that a query may have.
    static let maximumParameters = 64

    /// Checks a presigned request of which only the host is signed, as a server that made the URL itself.
    ///
    /// The signature is computed anew from what was received. Path and query are decoded and encoded again first, so
    /// that escapes which something on the way wrote differently do not matter.
    ///
    /// - Parameters:
    ///   - method: the HTTP method received.
    ///   - hostHeader: the `Host` header received (its case does not matter).
    ///   - encodedPath: the path received, still encoded.
    ///   - query: what stood behind the `?`, still encoded.
    ///   - now: the present time.
    ///   - skew: by how much the clock of the signer may be ahead of ours. Nothing is added at the end of the life.
    /// - Returns: what was found; a wrong signature is reported before a wrong time.
    public func verifyPresigned(
        method: String, hostHeader: String, encodedPath: String, query: String, now: Date,
        skew: Duration = .seconds(0)
    ) -> PresignedVerification {
        guard encodedPath.utf8.count <= Self.maximumPathLength else { return .malformed("the path is too long") }
        guard let path = S3PercentEncoding.decodeBytes(encodedPath), path.first == UInt8(ascii: "/") else {
            return .malformed("the path holds a broken escape")
        }
        let parsed: PresignedQuery
        do {
            parsed = try PresignedQuery(parsing: query)
        } catch {
            return .malformed(error.reason)
        }
        guard parsed.credential == "\(credentials.accessKeyID)/\(scope(of: parsed.signedAt))",
            parsed.sessionToken == credentials.sessionToken
        else { return .badSignature }

        let request = CanonicalRequest(
            method: method, encodedPath: S3PercentEncoding.encode(path, keepingSlashes: true),
            query: parsed.signedPairs, headers: [("host", hostHeader.lowercased())],
            payloadHash: S3PayloadHash.unsigned.headerValue)
        guard isValid(parsed.signature, of: request, at: parsed.signedAt) else { return .badSignature }

        let signedAt = parsed.signedAt.date
        let expiry = signedAt.addingTimeInterval(Double(parsed.lifetime))
        guard now <= expiry else { return .expired(at: expiry) }
        let allowance = Double(skew.components.seconds) + Double(skew.components.attoseconds) / 1e18
        guard now.addingTimeInterval(allowance) >= signedAt else { return .notYetValid(from: signedAt) }
        return .valid(signedAt: signedAt, lifetime: .seconds(parsed.lifetime), parameters: parsed.parameters)
    }
}

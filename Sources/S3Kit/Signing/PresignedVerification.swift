#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What checking a presigned request found.
public enum PresignedVerification: Hashable, Sendable {
    /// The signature is ours and holds now.
    ///
    /// - Parameters:
    ///   - signedAt: from when on it is good.
    ///   - lifetime: for how long.
    ///   - parameters: the rest of the signed query, decoded.
    case valid(signedAt: Date, lifetime: Duration, parameters: [String: String])

    /// Something is missing, said twice, or not as we would have written it. The reason is a phrase for people.
    case malformed(String)

    /// The access key or the scope is not ours, or the signature is not that of this request.
    case badSignature

    /// The signature is ours but no longer good.
    case expired(at: Date)

    /// The signature is ours but dated later than the clocks' difference explains.
    case notYetValid(from: Date)
}

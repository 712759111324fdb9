#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Credentials together with how long they are good for.
public struct S3ResolvedCredentials: Hashable, Sendable {
    /// The key, and its token where it is temporary.
    public let credentials: S3Credentials

    /// When they end, or `nil` for those that last.
    public let expiration: Date?

    /// Makes credentials with an end.
    ///
    /// - Parameters:
    ///   - credentials: the key.
    ///   - expiration: when they end, or `nil` for those that last.
    public init(credentials: S3Credentials, expiration: Date? = nil) {
        self.credentials = credentials
        self.expiration = expiration
    }
}

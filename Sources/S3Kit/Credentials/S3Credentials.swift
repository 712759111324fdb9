/// An access key of an S3-compatible service.
///
/// Printing one never shows the secret key or the session token.
public struct S3Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The public half, sent with every request.
    public let accessKeyID: String

    /// The secret half, never sent.
    public let secretAccessKey: String

    /// What temporary credentials send along with the key, or `nil` for long-lived ones.
    public let sessionToken: String?

    /// Makes credentials from their parts.
    ///
    /// - Parameters:
    ///   - accessKeyID: the key's identifier, such as `AKIAIOSFODNN7EXAMPLE`.
    ///   - secretAccessKey: the key itself.
    ///   - sessionToken: the token that came with temporary credentials.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    /// The key's identifier only.
    public var description: String {
        "S3Credentials(\(accessKeyID)\(sessionToken == nil ? "" : ", temporary"))"
    }

    /// The key's identifier only.
    public var debugDescription: String { description }

    /// The key's identifier only, so that `dump` does not show secrets either.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

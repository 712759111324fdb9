public import CacheCore

/// One token of a file of tokens: everything but the token itself.
public struct TokenRecord: APIMessage, Hashable {
    /// What the log calls its bearer.
    public var name: String
    /// The SHA-256 of the token, in hexadecimal.
    public var sha256: String
    /// `read`, `write`, `admin`.
    public var scopes: [String]
    /// When it was made.
    public var createdAt: Timestamp
    /// From when on it no longer counts; nil for never.
    public var expiresAt: Timestamp?
    /// Since when it no longer counts; nil while it does.
    public var revokedAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case name, sha256, scopes
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
    }

    /// Whether the token counts.
    public func isValid(at instant: Timestamp) -> Bool {
        revokedAt == nil && expiresAt.map { instant < $0 } ?? true
    }

    /// Whether `name` can be that of a token: 1 to 64 letters, digits, dots, underscores and hyphens.
    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

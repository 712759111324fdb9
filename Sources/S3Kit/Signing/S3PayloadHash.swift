import Crypto

/// What a signature says about the body of a request.
public enum S3PayloadHash: Hashable, Sendable {
    /// The body is not covered. Only sensible over TLS, or with other checks of the content.
    case unsigned

    /// The SHA-256 of the body, in lower-case hex.
    case sha256(String)

    /// The hash of no body at all.
    public static let empty = S3PayloadHash.sha256(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

    /// The hash of a body that is in memory.
    ///
    /// - Parameter bytes: the whole body.
    public static func of(_ bytes: [UInt8]) -> S3PayloadHash {
        .sha256(Hex.encode(SHA256.hash(data: bytes)))
    }

    /// What `x-amz-content-sha256` and the last line of the canonical request say.
    public var headerValue: String {
        switch self {
        case .unsigned: "UNSIGNED-PAYLOAD"
        case .sha256(let hex): hex
        }
    }
}

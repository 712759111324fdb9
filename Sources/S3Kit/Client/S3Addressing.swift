/// How a bucket's name appears in a URL.
public enum S3Addressing: String, Hashable, Sendable, CaseIterable {
    /// `https://host/bucket/key`
    case path

    /// `https://bucket.host/key`
    case virtualHost = "virtual-host"
}

/// Whether a bucket keeps what is deleted or replaced.
public enum S3Versioning: String, Hashable, Sendable, CaseIterable {
    /// It never did.
    case off

    /// It does.
    case enabled

    /// It does no longer; what it kept before is still there.
    case suspended
}

/// The version of this build.
public enum Version {
    /// As `--version` says it and requests name it.
    public static let current = "0.1.0"
}

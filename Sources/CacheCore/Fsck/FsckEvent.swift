/// What a check tells while it runs.
public enum FsckEvent: Sendable {
    /// Something was found.
    case finding(FsckFinding)
    /// So far it is; a check that begins there finds what this one has not told yet.
    case position(FsckPosition)
}

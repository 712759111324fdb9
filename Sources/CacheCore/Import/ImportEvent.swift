/// What an import tells while it runs.
public enum ImportEvent: Sendable {
    /// A narinfo cannot be taken; what refers to it is taken without it.
    case refused(key: String, reason: String)
    /// It waits until nothing that another server allowed can write any more.
    case waiting(until: Timestamp)
    /// So far it is.
    case progress(ImportSummary)
}

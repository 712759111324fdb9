extension CompletionDecision {
    /// What is decided about an upload.
    public enum Verdict: Hashable, Sendable {
        /// It cannot be completed; nothing is changed.
        case refused(CompletionRefusal)
        /// It can; this is what changes.
        case accepted(CompletionPlan)
    }
}

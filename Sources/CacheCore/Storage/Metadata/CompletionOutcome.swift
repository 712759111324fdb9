/// What was decided about an upload.
public enum CompletionOutcome: Hashable, Sendable {
    /// There is no such upload, or it was dropped.
    case unknown
    /// It is committed: just now, or by an earlier call whose answer was lost.
    case completed
    /// It is publishing: these are to be written, then it is to be committed.
    case publishing([PublishItem])
    /// Nothing was changed.
    case refused(CompletionRefusal)
}

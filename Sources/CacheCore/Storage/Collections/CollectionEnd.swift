/// How a collection ended.
public enum CollectionEnd: Hashable, Sendable {
    /// All steps were done.
    case succeeded
    /// It could not go on, for a reason in one sentence.
    case failed(String)
}

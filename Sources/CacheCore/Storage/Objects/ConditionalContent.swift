/// What reading an object under a condition gave.
public enum ConditionalContent: Sendable {
    /// The reader has the object already.
    case unchanged
    /// The object. Whether the reader has it already was not asked, or it has not.
    case content(ObjectContent)
}

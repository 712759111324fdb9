/// What a reader has of an object already.
public enum ReadCondition: Sendable, Hashable {
    /// Bytes with this ETag, without quotes.
    case entityTag(String)
    /// What the object was at this instant.
    case unmodifiedSince(Timestamp)
}

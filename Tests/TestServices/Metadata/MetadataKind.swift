/// The metadata stores there are; a test of what all of them do takes one as its argument.
public enum MetadataKind: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqlite
    case postgres

    /// Its name.
    public var description: String { rawValue }
}

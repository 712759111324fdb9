/// How a line of the log looks.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: time, level, message and the metadata as `key=value`.
    case text
    /// For machines: one JSON object.
    case json
}

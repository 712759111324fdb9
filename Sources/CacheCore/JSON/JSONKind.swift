/// What a JSON value is.
enum JSONKind: Sendable {
    case object, array, string, number, `true`, `false`, null

    /// Whether other values lie in it.
    var isContainer: Bool { self == .object || self == .array }
}

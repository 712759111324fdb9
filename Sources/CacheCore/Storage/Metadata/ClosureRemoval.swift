/// What became of a closure that was to be deleted.
public enum ClosureRemoval: Hashable, Sendable {
    /// It is gone.
    case removed
    /// Pins keep it; some of their names.
    case pinned(by: [String])
    /// There is none.
    case unknown
}

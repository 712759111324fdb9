/// Which pins a writer may set.
public enum PinPermission: Hashable, Sendable {
    /// Every one.
    case any
    /// Those that nobody has reserved, and those that match one of its own patterns.
    case reserved([Glob], own: [Glob])

    /// Whether a pin of this name may be set.
    public func allows(_ name: String) -> Bool {
        switch self {
        case .any: true
        case .reserved(let reserved, let own):
            own.contains { $0.matches(name) } || !reserved.contains { $0.matches(name) }
        }
    }
}

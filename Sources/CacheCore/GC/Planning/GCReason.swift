/// Why a plan keeps an object, or does not.
public enum GCReason: Hashable, Sendable {
    /// A root keeps it.
    /// - `from`: what makes the first object of the path a root.
    /// - `path`: from that object to the one asked about, each referring to the next; a shortest one.
    case reached(from: GCRoot, path: [ObjectID])
    /// No root reaches it.
    case unreachable
    /// The planner was given no such object.
    case unknown
}

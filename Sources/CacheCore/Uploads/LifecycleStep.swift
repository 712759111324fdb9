/// A call to one of the two stores.
public struct LifecycleStep: Hashable, Sendable, CustomStringConvertible {
    /// Which store is called.
    public enum Store: String, Hashable, Sendable {
        /// The metadata store.
        case metadata
        /// The object store.
        case objects
    }

    /// Which store is called.
    public var store: Store
    /// The base name of the method.
    public var name: String
    /// The upload or key it is about, for traces.
    public var subject: String

    /// Makes a step.
    public init(store: Store, name: String, subject: String) {
        self.store = store
        self.name = name
        self.subject = subject
    }

    /// `metadata.decide 17`.
    public var description: String { subject.isEmpty ? "\(store).\(name)" : "\(store).\(name) \(subject)" }
}

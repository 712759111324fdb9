/// Whether a collection could begin.
public enum CollectionBegin: Hashable, Sendable {
    /// It has begun.
    case begun(CollectionRun, GCStatusResponse)
    /// Another one runs.
    case running(GCStatusResponse)
}

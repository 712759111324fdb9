import Synchronization

/// What the page for whoever runs a cache asks for.
public final class ConsoleService: Sendable {
    /// What there is, and what has been.
    public let store: any MetadataStore & CollectionStore & ConsoleStore
    private let isPlanning = Mutex(false)

    /// Makes the service.
    public init(store: any MetadataStore & CollectionStore & ConsoleStore) {
        self.store = store
    }

    /// Finds out why an object is kept, by the plan of a collection that would take nothing for too old.
    ///
    /// The plan takes as much memory as that of a collection, so one is made at a time.
    /// - Throws: ``CacheError`` of code `busy` while another one is being made.
    public func why(_ key: String) async throws(CacheError) -> RetentionChain {
        guard let object = try await store.objectID(of: key) else { return .unknown }
        let isFirst = isPlanning.withLock { isPlanning in
            defer { isPlanning = true }
            return !isPlanning
        }
        guard isFirst else {
            throw CacheError(.busy, "Another such question is just being answered; try again in a moment.")
        }
        defer { isPlanning.withLock { $0 = false } }
        guard let planner = try await store.loadPlan(PlanLimits(grace: .zero, force: false), run: nil) else {
            throw CacheError(.internal, "The plan could not be made; try again.")
        }
        guard case .reached(let root, let path) = planner.plan().why(object) else { return .nothing }
        var wanted = path
        if case .extra(let closure) = root { wanted.append(closure) }
        let keys = try await store.keys(of: wanted)
        let names = path.map { keys[$0] ?? "object \($0)" }
        return switch root {
        case .closure: .closure(path: names)
        case .extra(let closure): .extra(closure: keys[closure] ?? "object \(closure)", path: names)
        case .claim(let upload): .upload(upload, path: names)
        }
    }
}

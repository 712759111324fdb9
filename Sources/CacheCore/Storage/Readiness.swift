/// Whether a server can do its work: both stores answer, and the clocks agree.
public struct Readiness: Sendable {
    private let metadata: any MetadataStore
    private let objects: any ObjectStore
    private let clocks: ClockWatch?
    private let limit: Duration

    /// Makes a check.
    /// - Parameters:
    ///   - metadata: the one store.
    ///   - objects: the other.
    ///   - clocks: what is known about the clocks; nil where all clocks are one.
    ///   - limit: how long each store may take to answer.
    public init(
        metadata: any MetadataStore, objects: any ObjectStore, clocks: ClockWatch? = nil, limit: Duration = .seconds(5)
    ) {
        self.metadata = metadata
        self.objects = objects
        self.clocks = clocks
        self.limit = limit
    }

    /// Asks both stores at the same time.
    /// - Throws: ``CacheError`` of code `unavailable` that names the one which does not answer, or the clock that is wrong.
    public func check() async throws(CacheError) {
        async let database = failure(of: "The database does not answer") { [metadata] () throws(CacheError) in
            try await metadata.ping()
        }
        async let objectStore = failure(of: "The object store does not answer") { [objects] () throws(CacheError) in
            try await store { () throws(ObjectStoreError) in try await objects.check() }
        }
        let failures = await [database, objectStore].compactMap(\.self)
        if let first = failures.first { throw CacheError(.unavailable, first) }
        if let problem = clocks?.report.problem { throw CacheError(.unavailable, "The clocks disagree: \(problem).") }
    }

    private func failure(
        of what: String, _ ask: @escaping @Sendable () async throws(CacheError) -> Void
    ) async -> String? {
        do throws(CacheError) {
            try await withTimeLimit(limit, ask)
            return nil
        } catch {
            return "\(what): \(error.message)"
        }
    }
}

import Synchronization

/// Compares the clocks that uploads rely on, and says whether URLs may be signed.
public final class ClockWatch: Sendable {
    private let metadata: any MetadataStore
    private let objects: any ObjectStore
    private let now: @Sendable () -> Timestamp
    private let latest = Mutex(ClockReport())

    /// Makes a watch that has seen nothing yet.
    /// - Parameters:
    ///   - metadata: whose clock dates requests.
    ///   - objects: whose clock ends them.
    ///   - now: the server's own clock.
    public init(
        metadata: any MetadataStore, objects: any ObjectStore, now: @escaping @Sendable () -> Timestamp
    ) {
        self.metadata = metadata
        self.objects = objects
        self.now = now
    }

    /// What the latest measurements gave.
    public var report: ClockReport { latest.withLock { $0 } }

    /// Asks both stores for the time. What does not answer keeps its latest measurement.
    /// - Returns: what is known now.
    @discardableResult
    public func measure() async -> ClockReport {
        let database = await offset(resolution: .zero) { try await self.metadata.instant() }
        let objectStore = await offset(resolution: .seconds(1)) { try await self.objects.serviceTime() }
        return latest.withLock { latest in
            latest.database = database ?? latest.database
            latest.objectStore = objectStore ?? latest.objectStore
            return latest
        }
    }

    /// Refuses what would date a request.
    /// - Throws: ``CacheError`` of code `unavailable` that says which clock is wrong.
    public func check() throws(CacheError) {
        guard let problem = report.problem else { return }
        throw CacheError(.unavailable, "No upload can be taken: \(problem).", retryAfter: .seconds(30))
    }

    private func offset(
        resolution: Duration, _ ask: () async throws -> Timestamp?
    ) async -> ClockOffset? {
        let asked = now()
        guard let reading = try? await ask() else { return nil }
        return ClockOffset(reading: reading, resolution: resolution, asked: asked, answered: now())
    }
}

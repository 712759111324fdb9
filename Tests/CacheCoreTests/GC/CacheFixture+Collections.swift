import CacheCore
import Logging
import TestServices
import Testing

extension CacheFixture {
    /// A server's collections over the fixture's stores. Its heartbeat is not heard in a test.
    func collections(
        _ uploads: UploadService? = nil, hook: (any LifecycleHook)? = nil, batch: Int = 1000
    ) -> CollectionService {
        CollectionService(
            metadata: store, uploads: uploads ?? service,
            settings: CollectionSettings(condemnBatch: batch, sweepBatch: batch, heartbeatInterval: .seconds(3600)),
            hook: hook, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A whole collection, which must succeed.
    @discardableResult
    func collect(
        _ olderThan: String = "720h", failedUploads: String = "6h", force: Bool = false, batch: Int = 1000,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> GCStatistics {
        let status = try await collections(batch: batch).collect(
            GCParameters(olderThan: olderThan, failedUploadsOlderThan: failedUploads, force: force))
        #expect(status.state == .succeeded, sourceLocation: sourceLocation)
        #expect(status.error == nil, sourceLocation: sourceLocation)
        return status.stats
    }

    /// Gives every upload and every request time to be over, collects without a grace, and checks that nothing is left
    /// that no root reaches.
    func expectCleanAtRest(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<3 {
            clock.advance(by: .seconds(7 * 3600))
            try await collect("100000h", failedUploads: "0s", sourceLocation: sourceLocation)
        }
        try await expectSound(sourceLocation: sourceLocation)
        let found = LifecycleInvariants(try await store.snapshot(), bucket: bucket.keys).violationsAtRest
        #expect(found == [], sourceLocation: sourceLocation)
    }
}

import CacheCore
import TestServices
import Testing

/// What both stores keep for the page of whoever runs a cache.
@Suite struct ConsoleConformanceTests {
    @Test(arguments: MetadataKind.allCases)
    func samplesByStretches(kind: MetadataKind) async throws {
        let fixture = try await MetadataFixture(kind)
        defer { withExtendedLifetime(fixture) {} }
        let store = fixture.store
        // The clock begins at a whole hour.
        try await store.recordSample()
        _ = try await store.beginUpload(NewUpload(roots: ["a"], external: []))
        fixture.clock.advance(by: .seconds(300))
        try await store.recordSample()
        fixture.clock.advance(by: .seconds(300))
        try await store.recordSample()
        let start = MetadataFixture.start
        let sample = { (seconds: Int64) in
            CacheSample(at: start + .seconds(seconds), objects: 0, bytes: 0, pendingUploads: 1)
        }
        // Of each stretch the latest.
        #expect(try await store.samples(.tenMinutes) == [sample(300), sample(600)])
        #expect(try await store.samples(.hour) == [sample(600)])
        #expect(try await store.samples(.day) == [sample(600)])
        fixture.clock.advance(by: .seconds(3 * 86_400))
        try await store.recordSample()
        let late = sample(600 + 3 * 86_400)
        #expect(try await store.samples(.tenMinutes) == [late])
        #expect(try await store.samples(.hour) == [sample(600), late])
    }

    @Test(arguments: MetadataKind.allCases)
    func uploads(kind: MetadataKind) async throws {
        let fixture = try await MetadataFixture(kind)
        defer { withExtendedLifetime(fixture) {} }
        let store = fixture.store
        let roots = [String(repeating: "0", count: 32) + ".narinfo", String(repeating: "1", count: 32) + ".narinfo"]
        let first = try await store.beginUpload(NewUpload(roots: roots, external: []))
        let second = try await store.beginUpload(NewUpload(roots: [], external: []))
        _ = try await store.claimChunk(
            [NewClaim(key: try ObjectKey(roots[0]))], upload: first.id, writeWindow: .seconds(60))
        try await store.dropUpload(second.id)
        var dropped = second
        dropped.state = .dropped
        #expect(
            try await store.uploads(limit: 10) == [
                UploadSummary(upload: dropped, roots: [], objects: 0),
                UploadSummary(upload: first, roots: roots, objects: 1),
            ])
        #expect(try await store.uploads(limit: 1).map(\.upload.id) == [second.id])
        #expect(try await store.objectID(of: roots[0]) != nil)
        #expect(try await store.objectID(of: roots[1]) == nil)
    }

    @Test(arguments: MetadataKind.allCases)
    func collections(kind: MetadataKind) async throws {
        let fixture = try await MetadataFixture(kind)
        defer { withExtendedLifetime(fixture) {} }
        let store = fixture.store
        var expected: [GCStatusResponse] = []
        for number in 0..<55 {
            let parameters = GCParameters(olderThan: "\(number)h")
            guard case .begun(let run, _) = try await store.beginCollection(parameters, heartbeatLimit: .seconds(60))
            else {
                Issue.record("no collection has begun")
                return
            }
            let end: CollectionEnd = number == 3 ? .failed("The disk is full.") : .succeeded
            let statistics = GCStatistics(oldClosuresDeleted: Int64(number))
            #expect(try await store.endCollection(run, end, statistics: statistics))
            // Once it is over nothing more is kept.
            #expect(try await !store.endCollection(run, end, statistics: statistics))
            expected.insert(try #require(try await store.collectionStatus(heartbeatLimit: .seconds(60))), at: 0)
        }
        #expect(try await store.finishedCollections() == Array(expected.prefix(50)))
    }

    @Test(arguments: MetadataKind.allCases)
    func checks(kind: MetadataKind) async throws {
        let fixture = try await MetadataFixture(kind)
        defer { withExtendedLifetime(fixture) {} }
        let store = fixture.store
        #expect(try await store.checks() == [])
        let findings = (0..<150).map { number in
            FsckFinding(kind: .lost, key: "key \"\(number)\"", detail: "gone — really", isRepaired: number == 0)
        }
        let reports = (0..<2).map { number in
            FsckReport(
                finishedAt: Timestamp(seconds: Int64(number)), options: FsckOptions(isDeep: number == 1),
                summary: FsckSummary(), findings: findings)
        }
        for report in reports { try await store.recordCheck(report) }
        #expect(try await store.checks() == reports.reversed())
        #expect(reports[0].findings.count == FsckReport.listed)
    }
}

import CacheCore
import CacheStorage
import Logging
import Synchronization
import TestServices
import Testing

@Suite("The clocks that uploads rely on") struct ClockTests {
    @Test(
        "are compared within what a measurement tells",
        arguments: [
            // reading, resolution, asked, answered (all in ms) → least, most, certain distance
            (100_000, 0, 100_000, 100_000, 0, 0, 0),
            (100_000, 1000, 100_200, 100_300, -300, 800, 0),
            (130_000, 1000, 100_000, 100_500, 29_500, 31_000, 29_500),
            (70_000, 1000, 100_000, 100_500, -30_500, -29_000, 29_000),
            // A slow answer may have been given at any time.
            (130_000, 1000, 100_000, 160_000, -30_000, 31_000, 0),
        ] as [(Int64, Int64, Int64, Int64, Int64, Int64, Int64)])
    func offsets(
        reading: Int64, resolution: Int64, asked: Int64, answered: Int64, least: Int64, most: Int64, distance: Int64
    ) {
        func instant(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1000) }
        let offset = ClockOffset(
            reading: instant(reading), resolution: .milliseconds(resolution), asked: instant(asked),
            answered: instant(answered))
        #expect(offset == ClockOffset(least: .milliseconds(least), most: .milliseconds(most)))
        #expect(offset.certainDistance == .milliseconds(distance))
    }

    static func exactly(_ seconds: Int64?) -> ClockOffset? {
        seconds.map { ClockOffset(least: .seconds($0), most: .seconds($0)) }
    }

    @Test(
        "disagree when two are more than 15 s apart",
        arguments: [
            (nil, nil, nil), (0, 0, nil), (15, 15, nil), (15, 0, nil), (-7, 8, nil),
            (
                16, nil,
                "the database's clock is 16 s ahead of this server's, more than the 15 s that uploads can bear; set it by NTP"
            ),
            (
                nil, -100,
                "the object store's clock is 100 s behind this server's, more than the 15 s that uploads can bear; set it by NTP"
            ),
            (
                20, 1,
                "the database's clock is 20 s ahead of that of the others, more than the 15 s that uploads can bear; set it by NTP"
            ),
            (
                2, 40,
                "the object store's clock is 40 s ahead of that of the others, more than the 15 s that uploads can bear; set it by NTP"
            ),
            (
                60, 62,
                "this server's clock is 60 s behind those of the database and the object store, more than the 15 s that uploads can bear; set it by NTP"
            ),
            (
                -10, 10,
                "the object store's clock is 20 s ahead of the database's, more than the 15 s that uploads can bear; set it by NTP"
            ),
            (
                -60, 60,
                "the database's clock is 60 s behind this server's, more than the 15 s that uploads can bear; set it by NTP"
            ),
        ] as [(Int64?, Int64?, String?)])
    func reports(database: Int64?, objectStore: Int64?, problem: String?) {
        let report = ClockReport(database: Self.exactly(database), objectStore: Self.exactly(objectStore))
        #expect(report.problem == problem)
    }

    @Test("keep URLs from being signed while they disagree")
    func watching() async throws {
        let cache = try await CacheFixture(.sqlite)
        let skew = Mutex(Duration.seconds(0))
        let watch = ClockWatch(metadata: cache.store, objects: cache.bucket) { [clock = cache.clock] in
            clock.now + skew.withLock { $0 }
        }
        let service = UploadService(
            metadata: cache.store, objects: cache.bucket,
            settings: UploadSettings(signer: LocalSigner(keys: [cache.key])), clocks: watch,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let readiness = Readiness(metadata: cache.store, objects: cache.bucket, clocks: watch)
        let package = TestPackage("clocks")
        let request = CreateUploadRequest(closure: package.key, objects: package.closure.flatMap(\.objects))
        await watch.measure()
        _ = try await service.create(request, origin: CacheFixture.origin)
        try await readiness.check()

        skew.withLock { $0 = .seconds(90) }
        await watch.measure()
        let problem =
            "the database's clock is 90 s behind this server's, more than the 15 s that uploads can bear; set it by NTP"
        let refused = await #expect(throws: CacheError.self) {
            try await service.create(request, origin: CacheFixture.origin)
        }
        #expect(refused?.code == .unavailable)
        #expect(refused?.message == "No upload can be taken: \(problem).")
        let parts = PartsRequest(objectKey: package.narKey, uploadID: "x", startPartNumber: 1, partCount: 1)
        let refusedParts = await #expect(throws: CacheError.self) {
            try await service.requestParts(parts, origin: CacheFixture.origin)
        }
        #expect(refusedParts?.message == refused?.message)
        let unready = await #expect(throws: CacheError.self) { try await readiness.check() }
        #expect(unready?.message == "The clocks disagree: \(problem).")

        skew.withLock { $0 = .zero }
        await watch.measure()
        _ = try await service.create(request, origin: CacheFixture.origin)
        try await readiness.check()
    }
}

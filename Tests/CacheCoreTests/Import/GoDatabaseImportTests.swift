import CacheCore
import CacheStorage
import Foundation
import Logging
import NarKit
import TestServices
import Testing

/// The tables of another server beside ours, and the bucket that both know.
private final class GoFixture: Sendable {
    static let library = TestPackage("library")
    static let tool = TestPackage("tool", [library], realised: true)
    static let other = TestPackage("other")
    static let marked = TestPackage("marked")
    static let orphan = TestPackage("orphan")
    static let begun = TestPackage("begun", [other])
    static let packages = [
        "library": library, "tool": tool, "other": other, "marked": marked, "orphan": orphan, "begun": begun,
    ]

    let connection: String
    let store: PostgresStore
    let bucket: ModelObjectStore
    let service: UploadService

    /// - Parameter isOlder: whether the schema is that of an older version.
    init(isOlder: Bool = false, times: LifecycleTimes = .standard) async throws {
        connection = try await PostgresService.shared.database()
        for name in ["go-schema", "go-data"] + (isOlder ? ["go-schema-older"] : []) {
            var script = try Self.script(name)
            for (name, package) in Self.packages {
                script = script.replacing("@\(name)@", with: package.hashPart)
                    .replacing("@\(name).nar@", with: package.narKey)
                    .replacing("@\(name).doi@", with: package.realisationKey ?? "")
                    .replacing("@\(name).path@", with: package.storePath)
            }
            try await PostgresService.shared.run(script, connection: connection)
        }
        store = try await PostgresStore(connection: connection, poolSize: 4)
        bucket = ModelObjectStore(clock: StoreClock())
        var settings = UploadSettings(signer: LocalSigner(keys: []))
        settings.times = times
        service = UploadService(
            metadata: store, objects: bucket, settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for package in Self.packages.values where package !== Self.begun {
            let text = try Compression.compress(Array(package.narInfoText().utf8), format: .zstd)
            bucket[package.narKey] = .init(bytes: package.nar)
            if package !== Self.orphan { bucket[package.key] = .init(bytes: text, contentEncoding: "zstd") }
        }
        bucket[Self.tool.listingKey] = .init(bytes: Array("{}".utf8))
        bucket[Self.tool.realisationKey ?? ""] = .init(bytes: Array((Self.tool.realisationText ?? "").utf8))
        #expect(
            try await bucket.beginMultipart(for: Self.begun.narKey, contentType: "", maximumSize: nil) == "m1")
    }

    deinit { store.close() }

    private static func script(_ name: String) throws -> String {
        let root = try #require(Bundle.module.resourceURL)
        return try String(contentsOf: root.appending(path: "Fixtures/\(name).sql"), encoding: .utf8)
    }

    /// Runs SQL in the schema of the other server.
    func run(_ statement: String) async throws {
        try await PostgresService.shared.run(statement, connection: connection)
    }

    func take(waits: Bool = false) async throws -> (summary: ImportSummary, told: [String]) {
        let source = try await GoDatabase(connection: connection)
        defer { source.close() }
        var told: [String] = []
        let summary = try await ImportService(metadata: store, uploads: service).importDatabase(source, waits: waits) {
            event in
            switch event {
            case .refused(let key, let reason): told.append("\(key): \(reason)")
            case .waiting: told.append("waiting")
            case .progress: break
            }
        }
        return (summary, told)
    }

    func states(_ keys: [String]) async throws -> [ObjectState?] {
        let states = try await store.states(of: keys)
        return keys.map { states[$0] }
    }
}

@Suite("An import of a Go server's database")
struct GoDatabaseImportTests {
    @Test("keeps closures, pins and times, and what was to be deleted", arguments: [false, true])
    func takes(isOlder: Bool) async throws {
        let fixture = try await GoFixture(isOlder: isOlder)
        let result = try await fixture.take()
        #expect(result.told == [])
        var summary = ImportSummary()
        summary.narInfos = 3
        summary.closures = 3
        summary.pins = 2
        summary.uploads = 1
        summary.garbage = 3
        #expect(result.summary == summary)

        let tool = try #require(try await fixture.store.closure(GoFixture.tool.key))
        #expect(tool.updatedAt == Timestamp(microseconds: 1_767_323_045_678_901))
        #expect(
            tool.objects
                == [
                    GoFixture.tool.key, GoFixture.tool.narKey, GoFixture.tool.listingKey,
                    GoFixture.tool.realisationKey ?? "", GoFixture.library.key, GoFixture.library.narKey,
                ].sorted())
        #expect(
            try await fixture.store.closure(GoFixture.other.key)?.updatedAt == Timestamp(seconds: 1_772_600_767))
        #expect(
            try await fixture.store.pins(after: "", limit: 10)
                == [
                    Pin(
                        name: "kept", storePath: GoFixture.library.storePath,
                        createdAt: Timestamp(seconds: 1_767_139_200), updatedAt: Timestamp(seconds: 1_767_139_200)),
                    Pin(
                        name: "stable", storePath: GoFixture.tool.storePath,
                        createdAt: Timestamp(seconds: 1_767_225_600), updatedAt: Timestamp(seconds: 1_767_312_000)),
                ])
        let (marked, orphan, begun) = (GoFixture.marked, GoFixture.orphan, GoFixture.begun)
        #expect(try await fixture.states([marked.key, marked.narKey]) == [.deleting, .deleting])
        #expect(
            try await fixture.states([orphan.narKey, begun.key, begun.narKey]) == [.uploading, .uploading, .uploading])

        let snapshot = try await fixture.store.snapshot()
        let pending = snapshot.uploads.values.filter { $0.state == .open }
        #expect(pending.map(\.roots) == [[begun.key]])
        let writable = try #require(snapshot.objects.values.first { $0.key == begun.narKey }).writableUntil
        #expect(writable.seconds == 1_777_615_200)
        #expect(LifecycleInvariants(snapshot, bucket: fixture.bucket.keys).violations() == [])

        // Again: nothing is left to do.
        var nothing = ImportSummary()
        nothing.present = 2
        #expect(try await fixture.take().summary == nothing)

        // A collection gives up what was begun, and deletes what was to be deleted.
        try await fixture.service.dropUploads(olderThan: .seconds(6 * 3600))
        #expect(fixture.bucket.multipartCount == 0)
        let collections = CollectionService(
            metadata: fixture.store, uploads: fixture.service, settings: CollectionSettings(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for _ in 0..<2 {
            let status = try await collections.collect(GCParameters(olderThan: "100000h", force: true))
            #expect(status.state == .succeeded)
        }
        #expect(fixture.bucket.keys == Set(tool.objects + [GoFixture.other.key, GoFixture.other.narKey]))
    }

    @Test("keeps a pin and a closure that were made here meanwhile")
    func newer() async throws {
        let fixture = try await GoFixture()
        let package = TestPackage("made-here")
        let created = try await fixture.service.create(
            CreateUploadRequest(closure: package.key, objects: package.objects), origin: CacheFixture.origin)
        for (key, bytes) in [(package.narKey, package.nar), (package.listingKey, Array("{}".utf8))] {
            try fixture.bucket.clientPut(bytes, to: try #require(created.pendingObjects[key]?.presignedURL))
        }
        _ = try await fixture.service.sign(
            created.id, SignRequest(narinfos: [package.key: package.narInfoFields], publish: true))
        try await fixture.service.complete(created.id)
        _ = try await fixture.store.setPin(
            NewPin(name: try PinName("stable"), closure: package.key, storePath: package.storePath))
        #expect(try await fixture.take().summary.pins == 1)
        #expect(try await fixture.store.pin(try PinName("stable"))?.storePath == package.storePath)
    }

    @Test("leaves everything alone that no closure reaches, while one cannot be taken")
    func refused() async throws {
        let fixture = try await GoFixture()
        fixture.bucket[GoFixture.library.key] = nil
        let result = try await fixture.take()
        #expect(result.told == ["\(GoFixture.library.key): the bucket has no such object"])
        #expect(result.summary.refused == 1)
        #expect(result.summary.garbage == 0)
        #expect(try await fixture.states([GoFixture.marked.key, GoFixture.library.narKey]) == [nil, nil])
        #expect(try await fixture.states([GoFixture.tool.key]) == [.live])
    }

    @Test("waits until clients of the other server can write no more")
    func waits() async throws {
        var times = LifecycleTimes.standard
        (times.urlLifetime, times.writeWindow) = (.seconds(2), .seconds(3))
        let fixture = try await GoFixture(times: times)
        try await fixture.run("UPDATE public.pending_closures SET started_at = now() AT TIME ZONE 'UTC'")
        let refusal = try await failure { _ = try await fixture.take() }
        #expect(refusal.code == .conflict)
        #expect(refusal.message.hasPrefix("Clients of the other server may still write into the bucket until 20"))
        #expect(refusal.message.hasSuffix("; stop that server, and import after that time, or with --wait."))
        #expect(try await fixture.store.snapshot().objects.isEmpty)
        let result = try await fixture.take(waits: true)
        #expect(result.told == ["waiting"])
        #expect(result.summary.closures == 3)
    }

    @Test("is refused while the other server collects, and without its tables")
    func refusals() async throws {
        let fixture = try await GoFixture()
        let collecting = try await GoDatabase(connection: fixture.connection)
        let refusal = try await failure { _ = try await GoDatabase(connection: fixture.connection) }
        #expect(refusal.code == .conflict)
        #expect(refusal.message.hasSuffix("is collecting just now; stop it, and import again."))
        collecting.close()

        let empty = try await PostgresService.shared.database()
        let missing = try await failure { _ = try await GoDatabase(connection: empty) }
        #expect(missing.code == .invalidRequest)
        #expect(missing.message.contains("has no table public.closures"))
        let malformed = try await failure { _ = try await GoDatabase(connection: "host='") }
        #expect(malformed.code == .invalidRequest)
    }
}

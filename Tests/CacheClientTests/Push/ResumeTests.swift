import CacheCore
import NarKit
import Synchronization
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push that was interrupted inside a large NAR, done again.
@Suite final class ResumeTests {
    private let directory = FileManager.default.temporaryDirectory.path + "/niks3-journal-" + UUID().uuidString
    private let path: StorePath
    private let store: TestStore
    private let key: String

    init() async throws {
        path = try storePath("1", "large")
        store = try await TestStore([.init(path: path, content: noise(25 << 20))])
        key = "nar/\(try #require(store.info(path)).narHash.nix32).nar.zst"
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private var options: PushOptions { PushOptions(journalDirectory: directory + "/below/it") }
    private func journals() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory + "/below/it").map {
            directory + "/below/it/" + $0
        }
    }

    /// A cache whose first completion of a multipart upload fails, so that everything but that has arrived.
    private func interruptedPush(
        fault: @escaping @Sendable (FakeServer.Request, Int) -> FakeServer.Response? = { _, _ in nil }
    ) async throws -> FakeCache {
        let cache = FakeCache(fault: { request, count in
            request.path == "/api/multipart/complete" && count == 1
                ? .init(400, text: "interrupted") : fault(request, count)
        })
        let error = await #expect(throws: ClientError.self) {
            try await TestPush.run([path], of: store, to: cache, options: options)
        }
        #expect(error?.code == .rejected)
        #expect(cache.log.filter { $0 == "PUT /store/\(key)" }.count == 3)
        cache.state.withLock { $0.log = [] }
        return cache
    }

    private func lines(dropLast count: Int) throws {
        let journal = try #require(try journals().first)
        let lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4)
        try (lines.dropLast(count).joined(separator: "\n") + "\n").write(
            toFile: journal, atomically: false, encoding: .utf8)
    }

    @Test("only what had not arrived is sent", arguments: [0, 1, 2])
    func resumed(missing: Int) async throws {
        let cache = try await interruptedPush()
        try lines(dropLast: missing)
        let kept = Mutex<UInt64>(0)
        let summary = try await TestPush.run([path], of: store, to: cache, options: options) { event in
            if case .kept(let bytes) = event { kept.withLock { $0 += bytes } }
        }
        #expect(cache.log.filter { $0 == "PUT /store/\(key)" }.count == missing)
        let size = UInt64(try #require(cache.objects[key]).count)
        let listing = UInt64(try #require(cache.objects["\(path.hashPart).ls"]).count)
        #expect(summary.bytesKept == kept.withLock { $0 })
        #expect(summary.bytesKept + summary.bytesSent == size + listing)
        let whole = try Decompression.decompress(try #require(cache.objects[key]), format: .zstd, limit: 100 << 20)
        #expect(UInt64(whole.count) == store.info(path)?.narSize)
        #expect(NixHash.sha256(of: whole) == store.info(path)?.narHash)
        #expect(try journals().isEmpty)
    }

    @Test("a torn last line, and parts with other bytes, are sent again")
    func tornLine() async throws {
        let cache = try await interruptedPush()
        let journal = try #require(try journals().first)
        var lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n").map(String.init)
        lines[3] = String(lines[3].prefix(20))
        lines[1] = lines[1].replacing(
            /sha256:[0-9a-z]+/, with: NixHash.sha256(of: Array("other".utf8)).description)
        try lines.joined(separator: "\n").write(toFile: journal, atomically: false, encoding: .utf8)
        _ = try await TestPush.run([path], of: store, to: cache, options: options)
        #expect(cache.log.filter { $0 == "PUT /store/\(key)" }.count == 2)
        let whole = try Decompression.decompress(try #require(cache.objects[key]), format: .zstd, limit: 100 << 20)
        #expect(NixHash.sha256(of: whole) == store.info(path)?.narHash)
    }

    @Test("an upload that the server has given up is begun anew, and so is one whose parts the storage has lost")
    func givenUp() async throws {
        for isLost in [false, true] {
            let cache = try await interruptedPush()
            cache.state.withLock { state in
                for upload in state.parts.keys { state.parts[upload] = isLost ? [:] : nil }
            }
            _ = try await TestPush.run([path], of: store, to: cache, options: options)
            #expect(cache.log.filter { $0 == "PUT /store/\(key)" }.count == 3)
            #expect(cache.objects[key] != nil)
            #expect(try journals().isEmpty)
        }
    }

    @Test("a journal that another push has, that is nonsense, or that cannot be written is done without")
    func withoutJournal() async throws {
        let cache = try await interruptedPush()
        let journal = try #require(try journals().first)
        try "nonsense\n".write(toFile: journal, atomically: false, encoding: .utf8)
        _ = try await TestPush.run([path], of: store, to: cache, options: options)
        #expect(cache.log.filter { $0 == "PUT /store/\(key)" }.count == 3)

        let other = FakeCache()
        let server = try ServerURL("http://localhost")
        let held = try #require(await UploadJournal.open(in: directory, server: server, key: key))
        #expect(await UploadJournal.open(in: directory, server: server, key: key) == nil)
        await held.remove()
        _ = try await TestPush.run(
            [path], of: store, to: other, options: PushOptions(journalDirectory: "/proc/niks3/no"))
        #expect(other.objects[key] != nil)
    }

    @Test("journals that nobody has touched for a day are removed")
    func tidy() async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (name, age) in [("old", 90_000.0), ("young", 80_000)] {
            try "x".write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: "\(directory)/\(name)")
        }
        await UploadJournal.tidy(directory: directory)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["young"])
    }

    @Test(
        "journals lie where caches lie",
        arguments: [
            (["HOME": "/home/u"], "/home/u/.cache/niks3/uploads"),
            (["HOME": "/home/u", "XDG_CACHE_HOME": "/c"], "/c/niks3/uploads"),
            (["HOME": "/home/u", "CACHE_DIRECTORY": "/var/cache/a:/var/cache/b"], "/var/cache/a/uploads"),
            ([:], nil), (["HOME": ""], nil),
        ] as [([String: String], String?)])
    func place(environment: [String: String], directory: String?) {
        #expect(PushOptions.journalDirectory(environment: environment) == directory)
    }
}

import CacheCore
import CacheStorage
import Foundation
import TestServices
import Testing

@Suite("The SQLite store")
struct SQLiteStoreTests {
    /// Runs something with a directory that is removed afterwards.
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "niks3-sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(url.path)
    }

    private func claims(_ count: Int) throws -> [NewClaim] {
        try (0..<count).map { NewClaim(key: try ObjectKey("log/\(1_000_000 + $0).drv")) }
    }

    private func failure(_ body: () async throws -> Void) async throws -> CacheError {
        do { try await body() } catch let error as CacheError { return error }
        Issue.record("nothing was thrown")
        throw CacheError(.internal, "nothing was thrown")
    }

    @Test("keeps what was committed when it is opened again")
    func reopens() async throws {
        try await withDirectory { directory in
            let path = directory + "/niks3.sqlite"
            let first = try SQLiteStore(path: path)
            let upload = try await first.beginUpload(NewUpload(roots: ["a"], external: []))
            let chunk = try #require(
                try await first.claimChunk(try claims(3), upload: upload.id, writeWindow: .seconds(60)))
            #expect(chunk.entries.map(\.decision) == [.insert, .insert, .insert])
            try first.close()
            let second = try SQLiteStore(path: path)
            #expect(try await second.upload(upload.id) == upload)
            let again = try await second.claimChunk(
                [try claims(4)[3]], upload: upload.id, writeWindow: .seconds(60))
            #expect(again?.entries.first?.id == 4)
            try await second.ping()
            try second.close()
        }
    }

    @Test("syncs every commit, checks foreign keys and writes ahead")
    func settings() async throws {
        try await withDirectory { directory in
            let path = directory + "/niks3.sqlite"
            let store = try SQLiteStore(path: path)
            let found = try await store.settings()
            #expect(found == ["journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"])
            try store.close()
        }
    }

    @Test("reads while it writes, and writes one after the other")
    func concurrency() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/niks3.sqlite")
            let claims = try claims(200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let upload = try await store.beginUpload(NewUpload(roots: [], external: []))
                        _ = try await store.claimChunk(claims, upload: upload.id, writeWindow: .seconds(1))
                    }
                    group.addTask { _ = try await store.statistics() }
                }
                try await group.waitForAll()
            }
            let snapshot = try await store.snapshot()
            #expect(snapshot.objects.count == 200)
            #expect(snapshot.claims.count == 4000)
            try store.close()
        }
    }

    @Test("lets a write fail alone among those that share its commit")
    func failsAlone() async throws {
        try await withDirectory { directory in
            let store = try SQLiteStore(path: directory + "/niks3.sqlite")
            let upload = try await store.beginUpload(NewUpload(roots: [], external: []))
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        let claim = NewClaim(key: try ObjectKey("log/\(index).drv"))
                        // Every fifth names a key twice, which the database refuses.
                        let chunk = index % 5 == 0 ? [claim, claim] : [claim]
                        do {
                            _ = try await store.claimChunk(chunk, upload: upload.id, writeWindow: .seconds(1))
                            return true
                        } catch is CacheError {
                            return false
                        }
                    }
                }
                let succeeded = try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                #expect(succeeded == 40)
            }
            let snapshot = try await store.snapshot()
            #expect(snapshot.objects.count == 40)
            #expect(snapshot.claims.count == 40)
            try store.close()
        }
    }

    @Test("names the file that cannot be opened, or is none of its own")
    func badFiles() async throws {
        try await withDirectory { directory in
            let absent = directory + "/absent/niks3.sqlite"
            #expect(try await failure { _ = try SQLiteStore(path: absent) }.message.contains(absent))
            let garbage = directory + "/garbage.sqlite"
            try Data(repeating: 65, count: 10_000).write(to: URL(filePath: garbage))
            let error = try await failure { _ = try SQLiteStore(path: garbage) }
            #expect(error.code == .internal)
            #expect(error.message.contains(garbage) && error.message.contains("backup"), "\(error)")
        }
    }

    @Test("says that the disk is full")
    func fullDisk() async throws {
        try await withDirectory { directory in
            let path = directory + "/niks3.sqlite"
            let store = try SQLiteStore(path: path)
            try await store.limitPages(to: 60)
            let upload = try await store.beginUpload(NewUpload(roots: [], external: []))
            let error = try await failure {
                _ = try await store.claimChunk(try claims(10_000), upload: upload.id, writeWindow: .seconds(1))
            }
            #expect(error.code == .insufficientStorage)
            #expect(
                error.message == "The database \(path) cannot grow because its disk is full; free some space there.")
            // Nothing of it was kept, and what needs no room still works.
            #expect(try await store.snapshot().objects == [:])
            try await store.dropUpload(upload.id)
            try store.close()
        }
    }

    @Test("is used by one process: the data directory is locked")
    func directoryLock() async throws {
        try await withDirectory { directory in
            var lock: DataDirectoryLock? = try DataDirectoryLock(directory: directory)
            let error = try await failure { _ = try DataDirectoryLock(directory: directory) }
            #expect(error.code == .conflict)
            #expect(error.message.contains(directory))
            withExtendedLifetime(lock) {}
            lock = nil
            _ = try await reopening { try DataDirectoryLock(directory: directory) }
            #expect(
                try await failure { _ = try DataDirectoryLock(directory: directory + "/absent") }.code == .unavailable)
        }
    }
}

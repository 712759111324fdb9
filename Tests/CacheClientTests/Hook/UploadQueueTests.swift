import GRDB
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct UploadQueueTests {
    @Test("paths wait in the order in which they came, each once, and survive the process")
    func order() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/new/deep/queue.db"
            let queue = try UploadQueue(path: path)
            try queue.add(["/nix/store/b", "/nix/store/a"])
            try queue.add(["/nix/store/c", "/nix/store/a"])
            #expect(try await queue.count() == 3)
            #expect(try await queue.first(2) == ["/nix/store/b", "/nix/store/a"])
            #expect(
                try await queue.first(9, excluding: ["/nix/store/b", "other"]) == ["/nix/store/a", "/nix/store/c"])
            try await queue.remove(["/nix/store/b", "unknown"])
            try queue.close()
            #expect(try await UploadQueue(path: path).first(9) == ["/nix/store/a", "/nix/store/c"])
        }
    }

    @Test("a file of an earlier version is taken over, and its table stays as it was")
    func takenOver() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/queue.db"
            let schema =
                "CREATE TABLE upload_queue(store_path TEXT PRIMARY KEY, created_at DATETIME NOT NULL DEFAULT (datetime('now')))"
            let old = try DatabaseQueue(path: path)
            try await old.write {
                try $0.execute(sql: schema)
                try $0.execute(sql: "INSERT INTO upload_queue VALUES ('/nix/store/old', '2020-01-02 03:04:05')")
            }
            try old.close()
            let queue = try UploadQueue(path: path)
            try queue.add(["/nix/store/new", "/nix/store/old"])
            #expect(try await queue.first(9) == ["/nix/store/old", "/nix/store/new"])
            try queue.close()
            let reopened = try DatabaseQueue(path: path)
            let (tables, modes, dates) = try await reopened.read { connection in
                (
                    try String.fetchAll(connection, sql: "SELECT sql FROM sqlite_schema WHERE type = 'table'"),
                    try String.fetchOne(connection, sql: "PRAGMA journal_mode"),
                    try String.fetchAll(connection, sql: "SELECT created_at FROM upload_queue ORDER BY rowid")
                )
            }
            #expect(tables == [schema])
            #expect(modes == "wal")
            #expect(dates.first == "2020-01-02 03:04:05")
            #expect(dates.last?.count == "2020-01-02 03:04:05".count)
        }
    }

    @Test("a commit waits for the disk, and a lock is waited for")
    func settings() async throws {
        try await withTemporaryDirectory { directory in
            let queue = try UploadQueue(path: directory + "/queue.db")
            #expect(try await queue.pragma("synchronous") == 2)
            #expect(try await queue.pragma("busy_timeout") == 5000)
        }
    }

    @Test("what is no queue is named", arguments: ["text", "other table"])
    func foreignFile(kind: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/queue.db"
            if kind == "text" {
                try String(repeating: "this is no database\n", count: 100).write(
                    toFile: path, atomically: false, encoding: .utf8)
            } else {
                let other = try DatabaseQueue(path: path)
                try await other.write { try $0.execute(sql: "CREATE TABLE upload_queue(path TEXT)") }
                try other.close()
            }
            let error = #expect(throws: ClientError.self) { try UploadQueue(path: path) }
            #expect(error?.code == .queueFailed)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test("long lists are no problem")
    func longLists() async throws {
        try await withTemporaryDirectory { directory in
            let queue = try UploadQueue(path: directory + "/queue.db")
            let paths = (0..<40_000).map { "/nix/store/\($0)" }
            try queue.add(paths)
            #expect(try await queue.first(1, excluding: Array(paths.dropLast())) == [paths[39_999]])
            try await queue.remove(paths)
            #expect(try await queue.count() == 0)
        }
    }
}

/// A new directory that is gone after `body`.
func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/niks3-hook-" + UUID().uuidString.prefix(13)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
}

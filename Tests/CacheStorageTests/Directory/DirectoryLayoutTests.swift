import CacheCore
import TestServices
import Testing

@testable import CacheStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct DirectoryLayoutTests {
    @Test func filesLieWhereTheyShould() async throws {
        try await withDirectoryStore { fixture in
            for key in ["0c0b.narinfo", "nar/1x.nar", "pending/17/a"] { try await fixture.put("x", to: key) }
            let id = try await fixture.store.beginMultipart(for: "nar/2", contentType: "t", maximumSize: nil)
            #expect(
                try fixture.files() == [
                    "objects/0c/0c0b.narinfo", "objects/na/nar@/1x/1x.nar", "objects/pe/pending@/17@/a",
                    "uploads/\(id)/content", "uploads/\(id)/upload",
                ])
            let file = try #require(FileManager.default.contents(atPath: "\(fixture.root)/objects/0c/0c0b.narinfo"))
            #expect(file.first == UInt8(ascii: "x"))
        }
    }

    @Test func emptyDirectoriesGoButForPermanentOnes() async throws {
        try await withDirectoryStore { fixture in
            let keys = ["pending/17/nar/x", "pending/17/a", "nar/1x.nar", "d/e/f"]
            for key in keys { try await fixture.put("x", to: key) }
            #expect(try await fixture.store.delete(keys, lease: fixture.lease).values.allSatisfy { $0 == nil })
            #expect(
                try FileManager.default.subpathsOfDirectory(atPath: "\(fixture.root)/objects").sorted() == [
                    "d%2F", "na", "na/nar@", "na/nar@/1x", "pe", "pe/pending@",
                ])
        }
    }

    @Test func aDamagedFileIsNamed() async throws {
        try await withDirectoryStore { fixture in
            try await fixture.put("content", to: "key")
            let path = "\(fixture.root)/objects/ke/key"
            try Data("content".utf8).write(to: URL(filePath: path))
            let error = await #expect(throws: ObjectStoreError.self) { try await fixture.text("key") }
            #expect(
                error?.message
                    == "\(path) is damaged: restore it from a backup, or delete it and push its path again.")
            try await fixture.delete("key")
            try await fixture.put("again", to: "key")
            #expect(try await fixture.text("key") == "again")
        }
    }

    @Test func aSecondStoreIsRefusedUntilTheFirstIsGone() async throws {
        try await withTemporaryDirectory { path in
            let root = "\(path)/deep/down"
            try await { () async throws in
                let first = try await DirectoryFixture(root: root)
                let error = await #expect(throws: ObjectStoreError.self) { try await DirectoryFixture(root: root) }
                #expect(
                    error?.message
                        == "Another server uses \(root): stop it, or give this one a directory of its own.")
                try await first.put("kept", to: "key")
            }()
            #expect(try await reopening { try await DirectoryFixture(root: root) }.text("key") == "kept")
        }
    }

    @Test func whatWasLeftHalfDoneIsRemovedAtStart() async throws {
        try await withTemporaryDirectory { root in
            try await { () async throws in
                try await DirectoryFixture(root: root).put("kept", to: "key")
            }()
            for directory in ["temporary/upload", "uploads/\(DirectoryStore.randomName())", "uploads/junk"] {
                try FileManager.default.createDirectory(
                    atPath: "\(root)/\(directory)", withIntermediateDirectories: true)
                try Data([1]).write(to: URL(filePath: "\(root)/\(directory)/part-1-1-1-00-0"))
            }
            try Data([1]).write(to: URL(filePath: "\(root)/temporary/file"))
            let fixture = try await reopening { try await DirectoryFixture(root: root) }
            #expect(try fixture.files() == ["objects/ke/key"])
            #expect(try await fixture.text("key") == "kept")
            #expect(try await fixture.store.listMultiparts(prefix: "", after: nil, limit: 9).uploads == [])
        }
    }

    /// Directories with more entries than are held at once, and keys that interleave with those of directories.
    @Test(arguments: [1, 2, 16, 4096])
    func walksInOrder(entriesHeld: Int) async throws {
        try await withTemporaryDirectory { root in
            let alphabet = ["a", "b", "-", "0", "/", ".", "\u{1}", "é", "nar/", "pending/"]
            var generator = Generator(state: 7)
            let keys = Set(
                (0..<400).map { _ in
                    (0...Int.random(in: 0..<5, using: &generator)).map { _ in
                        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                    }.joined()
                })
            for key in keys {
                let path = try ObjectPath(key)
                try FileTree.makeDirectories(path.directory(depth: path.directories.count, in: root))
                _ = try OpenFile.creating(path.file(in: root))
            }
            let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for (prefix, after) in [
                ("", nil), ("a", nil), ("", "b/"), ("nar/", "nar/a"), ("pending/0", ""), ("z", nil),
            ] {
                var walk = ObjectWalk(root: root, prefix: prefix, after: after, entriesHeld: entriesHeld)
                var found: [String] = []
                while let (key, path) = try walk.next() {
                    #expect(try path == ObjectPath(key).file(in: root))
                    found.append(key)
                }
                let expected = sorted.filter { key in
                    key.utf8.starts(with: prefix.utf8)
                        && after.map { $0.utf8.lexicographicallyPrecedes(key.utf8) } ?? true
                }
                #expect(found == expected)
            }
        }
    }
}

/// Repeatable random numbers.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

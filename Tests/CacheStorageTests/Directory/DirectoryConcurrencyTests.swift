import CacheCore
import Synchronization
import Testing

@testable import CacheStorage

/// Set when concurrent tasks are to stop.
private final class End: Sendable {
    let isReached = Atomic(false)
}

@Suite struct DirectoryConcurrencyTests {
    /// Readers see one writer's content whole, while others replace it.
    @Test func readersSeeWholeContents() async throws {
        try await withDirectoryStore { fixture in
            let size = 200_000
            let contents = Set((0..<50).map { [UInt8](repeating: UInt8($0), count: size + $0) })
            try await fixture.put("", to: "key")
            let end = End()
            let reads = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var reads = 0
                        while !end.isReached.load(ordering: .relaxed) {
                            let bytes = try #require(try await fixture.read("key")).bytes
                            #expect(bytes.isEmpty || contents.contains(bytes))
                            reads += 1
                        }
                        return reads
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for content in contents {
                        writers.addTask {
                            let url = try await fixture.store.presignedPut(for: "key", grant: fixture.grant)
                            let reply = try await fixture.put(content, to: url, contentType: nil, contentEncoding: nil)
                            #expect(reply.status == 200)
                        }
                    }
                    try await writers.waitForAll()
                }
                end.isReached.store(true, ordering: .relaxed)
                return try await group.reduce(0, +)
            }
            #expect(reads > 0)
            let last = try #require(try await fixture.read("key")).bytes
            #expect(contents.contains(last))
            #expect(try fixture.files() == ["objects/ke/key"])
        }
    }

    @Test(arguments: [false, true])
    func aReadSurvivesReplacementAndDeletion(deletes: Bool) async throws {
        try await withDirectoryStore { fixture in
            let bytes = pattern(500_000)
            try await fixture.store.put(
                bytes, to: "key", contentType: "t", contentEncoding: nil, lease: fixture.lease)
            let content = try #require(try await fixture.store.content(of: "key", range: nil))
            var read: [UInt8] = []
            for try await chunk in content.body {
                if read.isEmpty {
                    if deletes {
                        try await fixture.delete("key")
                    } else {
                        try await fixture.put("other", to: "key")
                    }
                }
                read += chunk
            }
            #expect(read == bytes)
            #expect(try await fixture.text("key") == (deletes ? nil : "other"))
        }
    }

    /// Directories are removed for being empty while others write into them.
    @Test func writesWinAgainstPruning() async throws {
        try await withDirectoryStore { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for _ in 0..<20 {
                            let key = "pending/1/deep/er/\(writer)"
                            try await fixture.put("x", to: key)
                            #expect(try await fixture.text(key) == "x")
                            try await fixture.delete(key)
                        }
                        try await fixture.put("last", to: "pending/1/deep/er/\(writer)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.keys() == (0..<8).map { "pending/1/deep/er/\($0)" })
        }
    }

    @Test func manyNamesShareASync() async throws {
        try await withTemporaryDirectory { root in
            let sync = DirectorySync(pool: BlockingPool(threads: 2))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<500 {
                    group.addTask { try await sync.synchronize(index % 5 == 0 ? "\(root)/absent" : root) }
                }
                try await group.waitForAll()
            }
        }
    }

    /// The lease is looked at when everything is written and only the name is missing.
    @Test func aLeaseThatEndsWhileWritingHasNoEffect() async throws {
        try await withTemporaryDirectory { root in
            let clock = TestClock()
            let store = try await DirectoryStore(
                root: root, credentials: DirectoryFixture.credentials,
                clock: {
                    clock.advance(by: .seconds(1))
                    return clock.now
                })
            let start = clock.now
            func put(_ bytes: [UInt8], validFor duration: Duration) async throws -> ObjectStoreError.Code? {
                try await ObjectStoreConformance.code {
                    try await store.put(
                        bytes, to: "key", contentType: "t", contentEncoding: nil,
                        lease: Lease(signedAt: start, validUntil: clock.now + duration))
                }
            }
            #expect(try await put([1], validFor: .seconds(1)) == .expired)
            #expect(try await store.attributes(of: "key") == nil)
            #expect(try await put([1], validFor: .seconds(10)) == nil)
            #expect(try await put([2], validFor: .seconds(1)) == .expired)
            #expect(try await store.attributes(of: "key")?.size == 1)
            let past = Lease(signedAt: start, validUntil: clock.now)
            let outcomes = try await store.delete(["key", "absent"], lease: past)
            #expect(outcomes.mapValues { $0?.code } == ["key": .expired, "absent": .expired])
            #expect(try FileTree.names(in: "\(root)/temporary") == [])
        }
    }
}

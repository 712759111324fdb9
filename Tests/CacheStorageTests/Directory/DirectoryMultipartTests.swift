import CacheCore
import Synchronization
import TestServices
import Testing

@testable import CacheStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct DirectoryMultipartTests {
    static let key = "nar/1x.nar.zst"

    private func inode(_ path: String) throws -> UInt64 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return UInt64(status.st_ino)
    }

    private func begin(_ fixture: DirectoryFixture, maximumSize: Int64? = nil) async throws -> String {
        try await fixture.store.beginMultipart(for: Self.key, contentType: "t", maximumSize: maximumSize)
    }

    /// Parts in the order they are sent.
    struct Sending: Sendable {
        let parts: [(number: Int, size: Int)]
        /// Whether the file that receives the parts becomes the object.
        let isInPlace: Bool

        init(_ isInPlace: Bool, _ parts: [(Int, Int)]) {
            self.isInPlace = isInPlace
            self.parts = parts
        }
    }

    static let sendings: [Sending] = [
        Sending(true, [(1, 8192), (2, 8192), (3, 100)]),
        Sending(true, [(3, 8192), (2, 8192), (1, 8192)]),
        Sending(true, [(2, 8192), (3, 1), (1, 8192)]),
        Sending(true, [(1, 8192)]),
        // The last part comes first and sets no size, being of an odd one: it is copied to its place.
        Sending(true, [(3, 100), (1, 8192), (2, 8192)]),
        // A part comes again.
        Sending(true, [(1, 8192), (2, 8192), (1, 8192), (3, 100)]),
        // Sizes that do not fit each other, no part that sets one, a gap.
        Sending(false, [(1, 4096), (2, 8192), (3, 100)]),
        Sending(false, [(1, 100), (2, 100)]),
        Sending(false, [(1, 8192), (3, 8192)]),
        Sending(false, [(1, 8192), (2, 4096), (3, 8192)]),
        Sending(false, [(1, 0), (2, 0)]),
    ]

    @Test(arguments: sendings)
    func partsBecomeTheObject(_ sending: Sending) async throws {
        try await withDirectoryStore { fixture in
            let id = try await begin(fixture)
            let content = try inode("\(fixture.root)/uploads/\(id)/content")
            var parts: [Int: (part: CompletedPart, body: [UInt8])] = [:]
            for (index, (number, size)) in sending.parts.enumerated() {
                let body = pattern(size, seed: index)
                parts[number] = (try await fixture.part(number, of: Self.key, id, body), body)
            }
            try await fixture.store.completeMultipart(
                for: Self.key, uploadID: id, parts: parts.values.map(\.part).shuffled(), lease: fixture.lease)
            let expected = parts.keys.sorted().flatMap { parts[$0]?.body ?? [] }
            #expect(try await fixture.read(Self.key)?.bytes == expected)
            #expect(try fixture.files() == ["objects/na/nar@/1x/1x.nar.zst"])
            let object = try inode("\(fixture.root)/objects/na/nar@/1x/1x.nar.zst")
            #expect((object == content) == sending.isInPlace)
        }
    }

    @Test func partsSurviveARestart() async throws {
        try await withTemporaryDirectory { root in
            let clock = TestClock()
            let bodies = (0..<4).map { pattern($0 == 3 ? 10 : 8192, seed: $0) }
            var parts: [CompletedPart] = []
            let id = try await { () async throws in
                let fixture = try await DirectoryFixture(root: root, clock: clock)
                let id = try await begin(fixture, maximumSize: 3 * 8192 + 10)
                _ = try await fixture.part(1, of: Self.key, id, pattern(8192, seed: 99))
                for number in [1, 2] {
                    parts.append(try await fixture.part(number, of: Self.key, id, bodies[number - 1]))
                }
                return id
            }()
            let part = try #require(FileTree.names(in: "\(root)/uploads/\(id)")?.first { $0.hasPrefix("part-1-") })
            let uploads = "\(root)/uploads/\(id)"
            // A crash between a part's record and the removal of the one it replaces, and one within a reception.
            for name in [part.replacing(/part-1-[0-9]+-/, with: "part-1-1-"), "receiving-0"] {
                _ = try OpenFile.creating("\(uploads)/\(name)")
            }
            let fixture = try await reopening { try await DirectoryFixture(root: root, clock: clock) }
            let listed = try await fixture.store.listMultiparts(prefix: "nar/", after: nil, limit: 5).uploads
            #expect(listed == [.init(key: Self.key, uploadID: id, initiated: clock.now)])
            for number in [3, 4] { parts.append(try await fixture.part(number, of: Self.key, id, bodies[number - 1])) }
            await #expect(throws: UnexpectedReply.self) { try await fixture.part(5, of: Self.key, id, [1]) }
            try await fixture.store.completeMultipart(for: Self.key, uploadID: id, parts: parts, lease: fixture.lease)
            #expect(try await fixture.read(Self.key)?.bytes == bodies.flatMap { $0 })
            #expect(try fixture.files() == ["objects/na/nar@/1x/1x.nar.zst"])
        }
    }

    /// A part that is still on its way when the upload is completed without it changes nothing of the object.
    @Test func aLatePartDoesNotTouchTheObject() async throws {
        try await withDirectoryStore { fixture in
            let id = try await begin(fixture)
            let body = pattern(65536)
            let first = try await fixture.part(1, of: Self.key, id, body)
            let url = try await fixture.store.presignedPart(
                for: Self.key, uploadID: id, partNumber: 2, grant: fixture.grant)
            let late = Body(chunks: Array(repeating: pattern(16384, seed: 5), count: 4)) { index in
                guard index == 2 else { return }
                try await fixture.store.completeMultipart(
                    for: Self.key, uploadID: id, parts: [first], lease: fixture.lease)
            }
            let response = await fixture.directory.receive(StoreRequest(putting: url, contentLength: 65536), body: late)
            #expect(response.status == 404)
            #expect(try await fixture.read(Self.key)?.bytes == body)
            #expect(try fixture.files() == ["objects/na/nar@/1x/1x.nar.zst"])
        }
    }

    /// One part sent twice at once, as after a lost connection: either is taken, and each whole.
    @Test func onePartTwiceAtOnce() async throws {
        try await withDirectoryStore { fixture in
            let id = try await begin(fixture, maximumSize: 65536)
            let url = try await fixture.store.presignedPart(
                for: Self.key, uploadID: id, partNumber: 1, grant: fixture.grant)
            let inner = Mutex<StoreResponse?>(nil)
            let body = pattern(65536)
            let outer = Body(chunks: body.chunked(16384)) { index in
                guard index == 2 else { return }
                let response = await fixture.directory.receive(
                    StoreRequest(putting: url, contentLength: 65536), body: Body(chunks: body.chunked(10_000)))
                inner.withLock { $0 = response }
            }
            let response = await fixture.directory.receive(
                StoreRequest(putting: url, contentLength: 65536), body: outer)
            let etags = [response, try #require(inner.withLock { $0 })].map { $0.headers.first?.value }
            #expect(etags[0] == etags[1])
            let etag = try #require(etags[0])
            try await fixture.store.completeMultipart(
                for: Self.key, uploadID: id, parts: [CompletedPart(partNumber: 1, etag: etag)], lease: fixture.lease)
            #expect(try await fixture.read(Self.key)?.bytes == body)
            #expect(try fixture.files() == ["objects/na/nar@/1x/1x.nar.zst"])
        }
    }

    /// The limit counts every part once, also those whose place another one takes.
    @Test func theSumOfPartsIsLimited() async throws {
        try await withDirectoryStore { fixture in
            let id = try await begin(fixture, maximumSize: 20_000)
            _ = try await fixture.part(1, of: Self.key, id, pattern(8192))
            _ = try await fixture.part(1, of: Self.key, id, pattern(8192, seed: 1))
            _ = try await fixture.part(2, of: Self.key, id, pattern(8192))
            let url = try await fixture.store.presignedPart(
                for: Self.key, uploadID: id, partNumber: 3, grant: fixture.grant)
            for length in [3617, nil] as [Int64?] {
                let response = await fixture.directory.receive(
                    StoreRequest(putting: url, contentLength: length), body: Body(chunks: [pattern(3617)]))
                #expect(response.status == 413)
            }
            let reply = try await fixture.put(pattern(3616), to: url, contentType: nil, contentEncoding: nil)
            #expect(reply.status == 200)
        }
    }

    @Test(arguments: ["", "..", "../../objects", "/etc", "ABCDEF", String(repeating: "A", count: 32)])
    func idsThatAreNoneReachNoFile(_ id: String) async throws {
        try await withDirectoryStore { fixture in
            #expect(!MultipartUpload.isID(id))
            let error = try await ObjectStoreConformance.code {
                try await fixture.store.listParts(for: Self.key, uploadID: id, after: nil, limit: 1)
            }
            #expect(error == .noSuchUpload)
            try await fixture.store.abortMultipart(for: Self.key, uploadID: id)
        }
    }

    @Test func anUploadBelongsToItsKey() async throws {
        try await withDirectoryStore { fixture in
            let id = try await begin(fixture)
            let error = try await ObjectStoreConformance.code {
                try await fixture.store.presignedPart(
                    for: "nar/other", uploadID: id, partNumber: 1, grant: fixture.grant)
            }
            #expect(error == .noSuchUpload)
            try await fixture.store.abortMultipart(for: "nar/other", uploadID: id)
            #expect(try await fixture.store.listMultiparts(prefix: "", after: nil, limit: 5).uploads.count == 1)
        }
    }

    @Test(arguments: [0, -1, 10_001, Int.max])
    func partNumbersAreChecked(_ number: Int) async throws {
        try await withDirectoryStore { fixture in
            let id = try await begin(fixture)
            let error = try await ObjectStoreConformance.code {
                try await fixture.store.presignedPart(
                    for: Self.key, uploadID: id, partNumber: number, grant: fixture.grant)
            }
            #expect(error == .invalidPart)
        }
    }
}

extension [UInt8] {
    func chunked(_ size: Int) -> [[UInt8]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

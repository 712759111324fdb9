import CacheCore
import Testing

@testable import CacheStorage

#if canImport(Glibc)
import Glibc

/// On a file system of 1 MiB, which only root can mount.
@Suite(.enabled(if: SmallFileSystem.isAvailable, "mounting needs root"))
struct DirectoryFullDiskTests {
    @Test func aFullDiskIsNamedAndLeavesNothing() async throws {
        try await withTemporaryDirectory { root in
            let fileSystem = try SmallFileSystem(path: root)
            defer { fileSystem.unmount() }
            try await { () async throws in
                let fixture = try await DirectoryFixture(root: root)
                try await fixture.put("small", to: "key")
                let message =
                    "is full: free space on it or move the data directory to a larger one."

                let error = await #expect(throws: ObjectStoreError.self) {
                    try await fixture.store.put(
                        pattern(2 << 20), to: "key", contentType: "t", contentEncoding: nil, lease: fixture.lease)
                }
                #expect(error?.code == .insufficientStorage)
                #expect(error?.message.hasPrefix("The file system of \(root)/temporary/") == true)
                #expect(error?.message.hasSuffix(message) == true)
                #expect(try await fixture.text("key") == "small")

                let url = try await fixture.store.presignedPut(for: "key", grant: fixture.grant)
                let body = pattern(2 << 20)
                let response = await fixture.directory.receive(
                    StoreRequest(putting: url, contentLength: Int64(body.count)), body: Body(chunks: [body]))
                #expect(response.status == 507)
                let text = String(decoding: response.body, as: UTF8.self)
                #expect(text.contains("<Error><Code>InsufficientStorage</Code><Message>The file system of \(root)"))
                #expect(text.hasSuffix("\(message)</Message></Error>"))

                let id = try await fixture.store.beginMultipart(for: "nar/x", contentType: "t", maximumSize: nil)
                _ = try await fixture.part(1, of: "nar/x", id, pattern(4096))
                await #expect(throws: UnexpectedReply.self) {
                    try await fixture.part(2, of: "nar/x", id, pattern(2 << 20))
                }
                await #expect(throws: ObjectStoreError.self) { try await fixture.store.check() }
                try await fixture.store.abortMultipart(for: "nar/x", uploadID: id)

                #expect(try fixture.files() == ["objects/ke/key"])
                try await fixture.put("room again", to: "key")
                #expect(try await fixture.text("key") == "room again")
            }()
        }
    }
}

/// A file system in memory.
private struct SmallFileSystem {
    let path: String

    static var isAvailable: Bool {
        let path = "/tmp/niks3-mount-\(DirectoryStore.randomName())"
        guard mkdir(path, 0o700) == 0 else { return false }
        defer { rmdir(path) }
        guard let probe = try? SmallFileSystem(path: path) else { return false }
        probe.unmount()
        return true
    }

    init(path: String) throws {
        guard mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else { throw UnexpectedReply(status: Int(errno)) }
        self.path = path
    }

    func unmount() {
        umount2(path, Int32(MNT_DETACH))
    }
}
#endif

import CacheCore
import S3Kit
import Synchronization

@testable import CacheStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A clock that stands still until it is told.
final class TestClock: Sendable {
    private let instant: Mutex<Timestamp>

    init(_ instant: Timestamp = Timestamp(seconds: 1_800_000_000)) {
        self.instant = Mutex(instant)
    }

    var now: Timestamp { instant.withLock { $0 } }

    func advance(by duration: Duration) {
        instant.withLock { $0 = $0 + duration }
    }
}

/// A directory store in a directory of its own.
struct DirectoryFixture: ObjectStoreFixture {
    static let credentials = S3Credentials(accessKeyID: "TESTKEY", secretAccessKey: "test-secret")

    let root: String
    let clock: TestClock
    let directory: DirectoryStore
    let origin: URLOrigin? = URLOrigin(scheme: "http", authority: "cache.example:5751")

    var store: any ObjectStore { directory }

    init(root: String, clock: TestClock = TestClock(), chunkSize: Int = 16384) async throws {
        self.root = root
        self.clock = clock
        var options = DirectoryStoreOptions()
        options.chunkSize = chunkSize
        directory = try await DirectoryStore(
            root: root, credentials: Self.credentials, options: options, clock: { clock.now })
    }

    func now() -> Timestamp { clock.now }

    func put(
        _ body: [UInt8], to url: String, contentType: String?, contentEncoding: String?
    ) async throws -> (status: Int, etag: String?) {
        var request = StoreRequest(putting: url, contentLength: Int64(body.count))
        request.contentType = contentType
        request.contentEncoding = contentEncoding
        let response = await directory.receive(request, body: Body(chunks: [body]))
        return (response.status, response.headers.first { $0.name == "ETag" }?.value)
    }

    /// The names of all files below the root, but for the lock.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root).filter { name in
            var isDirectory = false
            return FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isDirectory)
                && !isDirectory && name != "lock"
        }.sorted()
    }
}

extension StoreRequest {
    /// A PUT to a URL, as a client sends it.
    init(putting url: String, contentLength: Int64?) {
        let rest = url.split(separator: "://", maxSplits: 1)[1]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let parts = rest[slash...].split(separator: "?", maxSplits: 1)
        self.init(
            method: "PUT", path: String(parts.first ?? ""), query: parts.count > 1 ? String(parts[1]) : "",
            host: String(rest[..<slash]), contentLength: contentLength, contentType: nil, contentEncoding: nil)
    }
}

/// A body in given chunks, which may end in an error or wait for a signal.
struct Body: AsyncSequence, Sendable {
    struct Cut: Error {}

    var chunks: [[UInt8]]
    var isCut = false

    /// Called before the chunk with this index is given, and before the end.
    var before: @Sendable (Int) async throws -> Void = { _ in }

    struct AsyncIterator: AsyncIteratorProtocol {
        let body: Body
        var index = 0

        mutating func next() async throws -> [UInt8]? {
            try await body.before(index)
            guard index < body.chunks.count else {
                if body.isCut { throw Cut() }
                return nil
            }
            defer { index += 1 }
            return body.chunks[index]
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
}

/// Calls a function with the path of an empty directory, in memory where there is such a place, which is removed
/// afterwards.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let parent =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    let path = "\(parent)/niks3-directory-\(DirectoryStore.randomName())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Calls a function with an empty store.
func withDirectoryStore<Result>(_ body: (DirectoryFixture) async throws -> Result) async throws -> Result {
    try await withTemporaryDirectory { try await body(DirectoryFixture(root: $0)) }
}

import CacheClient
import NarKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A store with a few files below a temporary directory, which is removed with it.
final class TestStore: StoreReader {
    let directories: NixDirectories
    private let base: String
    private let infos: [PathInfo]
    private let knownRealisations: [Realisation]

    /// A path to be made: a file with some content.
    struct File {
        var path: StorePath
        var content: [UInt8]
        var references: [StorePath] = []
        var deriver: StorePath?
        var log: String?
    }

    init(_ files: [File], realisations: [Realisation] = []) async throws {
        base = FileManager.default.temporaryDirectory.path + "/niks3-client-" + UUID().uuidString
        directories = NixDirectories(
            store: try StoreDirectory(base + "/store"), state: base + "/var", logs: base + "/log")
        knownRealisations = realisations
        try FileManager.default.createDirectory(
            atPath: directories.store.path, withIntermediateDirectories: true)
        var infos: [PathInfo] = []
        for file in files {
            let path = file.path.path(in: directories.store)
            try Data(file.content).write(to: URL(filePath: path))
            let stream = NarSource(path: path).makeStream()
            for try await _ in stream {}
            let summary = try await stream.summary()
            infos.append(
                PathInfo(
                    storePath: file.path, narHash: summary.narHash ?? .sha256(of: []), narSize: summary.narSize,
                    references: file.references, deriver: file.deriver))
            if let log = file.log, let deriver = file.deriver {
                let logPath = directories.logFiles(of: deriver)[1].path
                try FileManager.default.createDirectory(
                    atPath: String(logPath[..<(logPath.lastIndex(of: "/") ?? logPath.endIndex)]),
                    withIntermediateDirectories: true)
                try Data(log.utf8).write(to: URL(filePath: logPath))
            }
        }
        self.infos = infos.sorted { $0.storePath < $1.storePath }
    }

    deinit { try? FileManager.default.removeItem(atPath: base) }

    func closure(of roots: [StorePath]) async throws(ClientError) -> [PathInfo] {
        var open = roots
        var reached = Set(roots)
        while let path = open.popLast() {
            for next in infos.first(where: { $0.storePath == path })?.references ?? []
            where reached.insert(next).inserted { open.append(next) }
        }
        return infos.filter { reached.contains($0.storePath) }
    }

    func realisations(for closure: [PathInfo]) async throws(ClientError) -> [Realisation] { knownRealisations }

    func info(_ path: StorePath) -> PathInfo? { infos.first { $0.storePath == path } }

    /// Changes what lies under a path behind the store's back.
    func corrupt(_ path: StorePath) throws {
        var content = try Data(contentsOf: URL(filePath: path.path(in: directories.store)))
        content[content.startIndex] ^= 1
        try content.write(to: URL(filePath: path.path(in: directories.store)))
    }

    func remove(_ path: StorePath) throws {
        try FileManager.default.removeItem(atPath: path.path(in: directories.store))
    }
}

/// A store path whose hash is one character repeated.
func storePath(_ digit: Character, _ name: String) throws -> StorePath {
    try StorePath(baseName: String(repeating: digit, count: 32) + "-" + name)
}

/// Bytes that do not compress.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        var state = seed
        var index = 0
        while index < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var word = state >> 24
            var left = min(4, count - index)
            while left > 0 {
                buffer[index] = UInt8(truncatingIfNeeded: word)
                word >>= 8
                index += 1
                left -= 1
            }
        }
        filled = count
    }
}

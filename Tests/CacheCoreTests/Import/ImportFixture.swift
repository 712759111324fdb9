import CacheCore
import NarKit
import TestServices
import Testing

extension CacheFixture {
    /// Puts packages into the bucket as `nix copy` does.
    func copy(_ packages: [TestPackage], compressed: Bool = false) throws {
        for package in packages {
            let text = Array((package.narInfoText() + "Deriver: \(package.hashPart)-\(package.name).drv\n").utf8)
            let bytes = compressed ? try Compression.compress(text, format: .zstd) : text
            bucket[package.key] = .init(bytes: bytes, contentEncoding: compressed ? "zstd" : nil)
            bucket[package.narKey] = .init(bytes: package.nar)
            if package.log { bucket[package.logKey] = .init(bytes: Array("log".utf8)) }
            if let key = package.realisationKey, let realisation = package.realisationText {
                bucket[key] = .init(bytes: Array(realisation.utf8))
            }
        }
    }

    func importer(group: Int = 32) -> ImportService {
        ImportService(metadata: store, uploads: service, group: group)
    }

    /// A whole import. Returns what was not taken, by key, besides the summary.
    func importBucket(
        makesAllRoots: Bool = false, group: Int = 32
    ) async throws -> (summary: ImportSummary, refused: [String: String]) {
        var refused: [String: String] = [:]
        let summary = try await importer(group: group).importBucket(makesAllRoots: makesAllRoots) { event in
            if case .refused(let key, let reason) = event { refused[key] = reason }
        }
        return (summary, refused)
    }

    /// The keys of all roots.
    func roots() async throws -> Set<String> { Set(try await store.snapshot().closures.map(\.key)) }
}

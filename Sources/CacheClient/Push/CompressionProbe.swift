internal import NarKit

/// Looks at the beginning of a NAR to see whether compressing it is worth any time.
enum CompressionProbe {
    /// The level for what does not compress.
    static let fastestLevel = 1

    /// Below which size, in bytes, looking costs as much as it saves. Up to level 3 zstd itself passes over most of what
    /// does not compress.
    static func smallestNar(level: Int) -> UInt64 { level <= 3 ? 8 << 20 : 1 << 20 }

    private static let sampleSize = 512 << 10
    /// A NAR that keeps this share of its size counts as one that does not compress, in percent.
    private static let incompressibleShare = 97

    /// Whether the first 512 KiB of a path's NAR become smaller.
    ///
    /// - Returns: True as well for what cannot be read: the push that follows says so.
    static func compresses(_ info: PathInfo, in directories: NixDirectories) async throws(ClientError) -> Bool {
        let source = NarSource(
            path: directories.file(of: info.storePath),
            options: .init(computesHash: false, buildsListing: false, bufferedChunks: 1))
        var sample: [UInt8] = []
        sample.reserveCapacity(sampleSize * 2)
        do {
            for try await chunk in source.makeStream() {
                sample += chunk
                if sample.count >= sampleSize { break }
            }
        } catch is CancellationError {
            throw .cancelled
        } catch {
            return true
        }
        let bytes = sample
        let size = await BlockingWork.run {
            (try? Compression.compress(bytes, format: .zstd, level: fastestLevel))?.count
        }
        return size.map { $0 * 100 < bytes.count * incompressibleShare } ?? true
    }
}

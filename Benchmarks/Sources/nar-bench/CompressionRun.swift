import NarKit

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One compression of a tree, with what it took.
struct CompressionRun {
    /// The level of Zstandard.
    let level: Int
    /// The threads that compress beside the one that reads.
    let workers: Int

    /// Compresses the NAR of a tree, drops what comes out, and prints a line of fields with tabs between them: the bytes
    /// of the NAR, the bytes that came out, the seconds it took, and the seconds of processor time.
    func run(_ path: String) throws {
        let zstd: ZstdOptions = workers > 0 ? .parallel(level: level, workers: workers) : .init(level: level)
        let source = NarSource(
            path: path, options: .init(compression: .zstd(zstd), computesHash: false, buildsListing: false))
        let start = ContinuousClock.now
        let summary = try source.write { _ in }
        let elapsed = ContinuousClock.now - start
        print(summary.narSize, summary.compressedSize, elapsed / .seconds(1), Self.processorSeconds, separator: "\t")
    }

    /// What all threads of this process have taken so far.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

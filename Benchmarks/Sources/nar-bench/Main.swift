import NarKit

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Does one thing with a NAR, for `nar.sh` to time beside the tools that do the same.
@main
enum NarBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let command = arguments.first, let path = arguments.dropFirst().first else { return usage() }
        switch command {
        case "dump": try dump(path, .init(computesHash: false, buildsListing: false))
        case "dump-listing": try dump(path, .init(computesHash: false))
        case "hash": try dump(path, .init(buildsListing: false))
        case "zstd": try dump(path, .init(compression: .zstd(.parallel()), computesHash: false))
        case "zstd-hash": try dump(path, .init(compression: .zstd(.parallel())))
        case "zstd-hash-single": try dump(path, .init(compression: .zstd(.init())))
        case "stream":
            let stream = NarSource(path: path, options: .init(compression: .zstd(.parallel()))).makeStream()
            var bytes = 0
            for try await chunk in stream { bytes += chunk.count }
            print(bytes, try await stream.summary().narSize)
        case "restore":
            try NarRestorer(path: path, computesHash: false, buildsListing: false)
                .restore(fromFileDescriptor: STDIN_FILENO)
        case "sha256": try hashFile(path)
        case "compress":
            let numbers = arguments.dropFirst(2).compactMap { Int($0) }
            guard numbers.count == 2 else { return usage() }
            try CompressionRun(level: numbers[0], workers: numbers[1]).run(path)
        default: usage()
        }
    }

    private static func dump(_ path: String, _ options: NarSource.Options) throws {
        try NarSource(path: path, options: options).write(toFileDescriptor: STDOUT_FILENO)
    }

    /// Hashes one file, as `openssl dgst -sha256` does.
    private static func hashFile(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw NarKitError(.fileSystem, "Cannot open \(path).") }
        defer { close(descriptor) }
        var hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { break }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        print(hasher.finalized().hex)
    }

    private static func usage() {
        print(
            """
            usage: nar-bench dump|dump-listing|hash|zstd|zstd-hash|zstd-hash-single|stream|sha256 PATH
                   nar-bench restore PATH < NAR
                   nar-bench compress PATH LEVEL WORKERS
            """)
    }
}

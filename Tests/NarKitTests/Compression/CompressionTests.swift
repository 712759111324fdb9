import NarKit
import Testing

@Suite("Compression")
struct CompressionTests {
    /// A text that compresses, but not to nothing.
    static let text: [UInt8] = {
        var random = SeededGenerator(seed: 7)
        return (0..<300_000).map { _ in UInt8.random(in: 97...112, using: &random) }
    }()

    private func collect(_ chunks: some AsyncSequence<[UInt8], any Error>) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in chunks {
            #expect(!chunk.isEmpty)
            bytes += chunk
        }
        return bytes
    }

    @Test("What we compress, the tools decompress", arguments: [(CompressionFormat.zstd, "zstd"), (.xz, "xz")])
    func toolsRead(format: CompressionFormat, tool: String) async throws {
        for text in [[], [1], Self.text] {
            let compressed = try Compression.compress(text, format: format)
            #expect(try await Tool.run(tool, ["-dc"], input: compressed) == text)
            #expect(try Decompression.decompress(compressed, format: format, limit: text.count) == text)
        }
    }

    @Test(
        "What the tools compress, we decompress, however it is cut",
        arguments: [(CompressionFormat.zstd, "zstd"), (.xz, "xz"), (.bzip2, "bzip2")])
    func readsTools(format: CompressionFormat, tool: String) async throws {
        for text in [[], [1], Self.text] {
            let compressed = try await Tool.run(tool, ["-c"], input: text)
            for size in [1 << 20, 1000, 13] {
                #expect(
                    try await collect(Decompressed(Chunks(compressed, size: size), format: format, chunkSize: 4096))
                        == text)
            }
            // Several frames, one after the other, are one text.
            #expect(
                try Decompression.decompress(compressed + compressed, format: format, limit: 1 << 20) == text + text)
        }
    }

    @Test(
        "What is cut off, or followed by something, or not this format, is refused",
        arguments: [(CompressionFormat.zstd, "zstd"), (.xz, "xz"), (.bzip2, "bzip2")])
    func corrupt(format: CompressionFormat, tool: String) async throws {
        let compressed = try await Tool.run(tool, ["-c"], input: Self.text)
        let cuts = [0, 1, 4, 10, compressed.count / 2, compressed.count - 1].map { Array(compressed[..<$0]) }
        let garbage = [compressed + [0x42], compressed + Array("garbage!".utf8), Array("not compressed at all".utf8)]
        for bytes in cuts + garbage {
            let error = #expect(throws: NarKitError.self) {
                try Decompression.decompress(bytes, format: format, limit: 1 << 20)
            }
            #expect(error?.code == .invalidCompressedData)
            await #expect(throws: NarKitError.self) {
                try await collect(Decompressed(Chunks(bytes, size: 5), format: format))
            }
        }
    }

    @Test("Text that grows too large is refused early", arguments: [CompressionFormat.none, .zstd, .xz])
    func limit(format: CompressionFormat) throws {
        let compressed = try Compression.compress(Array(repeating: 0, count: 10 << 20), format: format)
        let error = #expect(throws: NarKitError.self) {
            try Decompression.decompress(compressed, format: format, limit: 1000)
        }
        #expect(error?.code == .tooLarge)
        #expect(
            error?.message == "The \(format.rawValue) data decompresses to more than the 1000 bytes that are accepted.")
    }

    @Test("A window as large as Nix reads is read, a larger one refused")
    func windows() async throws {
        let text = Array(repeating: UInt8(1), count: 1 << 20)
        let accepted = try await Tool.run("zstd", ["-c", "--long=27"], input: text)
        #expect(try Decompression.decompress(accepted, format: .zstd, limit: 2 << 20) == text)
        let refused = try await Tool.run("zstd", ["-c", "--long=30", "--no-check"], input: text)
        let error = #expect(throws: NarKitError.self) {
            try Decompression.decompress(refused, format: .zstd, limit: 2 << 20)
        }
        #expect(error?.code == .tooLarge)
        #expect(throws: NarKitError.self) { try Compressor(zstd: ZstdOptions(windowLog: 28)) }
    }

    @Test(
        "Every option of zstd makes something that zstd reads",
        arguments: [
            ZstdOptions(level: 1), ZstdOptions(level: 19), ZstdOptions(level: -7), .parallel(),
            ZstdOptions(workers: 1, jobSize: 1 << 20, overlapLog: 9),
            ZstdOptions(longDistanceMatching: true, windowLog: 27),
        ])
    func options(_ options: ZstdOptions) async throws {
        let compressor = try Compressor(zstd: options, chunkSize: 5000)
        var compressed: [UInt8] = []
        for start in stride(from: 0, to: Self.text.count, by: 7000) {
            compressor.push(Array(Self.text[start..<min(start + 7000, Self.text.count)]))
            while let chunk = try compressor.next() { compressed += chunk }
        }
        compressor.finish()
        while let chunk = try compressor.next() { compressed += chunk }
        #expect(try await Tool.run("zstd", ["-dc", "--long=27"], input: compressed) == Self.text)
    }

    @Test("Options out of range name themselves")
    func badOptions() {
        let level = #expect(throws: NarKitError.self) { try Compressor(.xz, level: 10) }
        #expect(level?.message == "xz cannot use level 10; choose from 0 to 9.")
        let format = #expect(throws: NarKitError.self) { try Compression.compress([1], format: .bzip2) }
        #expect(format?.message == "bzip2 is only read, not written; choose zstd, xz or none.")
        #expect(throws: NarKitError.self) { try Compressor(zstd: ZstdOptions(workers: 1_000_000)) }
    }

    @Test(
        "The names that files end with",
        arguments: [(CompressionFormat.none, ""), (.zstd, ".zst"), (.xz, ".xz"), (.bzip2, ".bz2")])
    func extensions(format: CompressionFormat, fileExtension: String) {
        #expect(format.fileExtension == fileExtension)
    }
}

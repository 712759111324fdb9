/// Compresses a stream in pieces.
///
/// Give it bytes with ``push(_:)``, take ``next()`` until that is nil, and so on; at the end call ``finish()`` and take
/// the rest. It works on the calling thread, plus the workers that ``ZstdOptions`` ask for.
public final class Compressor {
    private var stream: ChunkedCodec

    private init(_ codec: any StreamCodec, chunkSize: Int) {
        stream = ChunkedCodec(codec, chunkSize: chunkSize)
    }

    /// Starts a Zstandard frame.
    ///
    /// - Parameters:
    ///   - options: Level and threads.
    ///   - chunkSize: The bytes of a piece of output at most, 128 KiB by default.
    /// - Throws: ``NarKitError`` with the code `unsupported` for options out of range.
    public convenience init(zstd options: ZstdOptions, chunkSize: Int = 128 << 10) throws(NarKitError) {
        self.init(try ZstdEncoder(options), chunkSize: chunkSize)
    }

    /// Starts a stream.
    ///
    /// - Parameters:
    ///   - format: The format, which must not be bzip2: that is only read.
    ///   - level: The level; nil for the usual one, 3 for zstd and 6 for xz.
    ///   - chunkSize: The bytes of a piece of output at most, 128 KiB by default.
    /// - Throws: ``NarKitError`` with the code `unsupported` for bzip2, or a level out of range.
    public convenience init(
        _ format: CompressionFormat, level: Int? = nil, chunkSize: Int = 128 << 10
    ) throws(NarKitError) {
        let codec: any StreamCodec =
            switch format {
            case .none: IdentityCodec()
            case .zstd: try ZstdEncoder(ZstdOptions(level: level ?? 3))
            case .xz: try XZEncoder(level: level ?? 6)
            case .bzip2:
                throw NarKitError(.unsupported, "bzip2 is only read, not written; choose zstd, xz or none.")
            }
        self.init(codec, chunkSize: chunkSize)
    }

    /// Adds bytes.
    ///
    /// - Parameter bytes: Any number of bytes.
    public func push(_ bytes: [UInt8]) {
        stream.push(bytes)
    }

    /// Says that no bytes follow. ``next()`` gives the rest.
    public func finish() {
        stream.finish()
    }

    /// The next compressed bytes.
    ///
    /// - Returns: Some bytes, or nil when more input is needed or the stream has ended.
    /// - Throws: ``NarKitError`` with the code `tooLarge` when there is no memory.
    public func next() throws(NarKitError) -> [UInt8]? {
        try stream.next()
    }
}

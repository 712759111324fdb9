/// Decompresses a stream in pieces, in bounded memory however much comes out of however little.
///
/// Give it bytes with ``push(_:)``, take ``next()`` until that is nil, and so on; at the end call ``finish()`` and take
/// the rest. A stream may consist of several frames; one that is cut off, or followed by something else, is an error.
///
/// It works on the calling thread and never waits.
public final class Decompressor {
    private var stream: ChunkedCodec

    /// Starts a stream.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - chunkSize: The bytes of a piece of output at most, 128 KiB by default.
    /// - Throws: ``NarKitError`` with the code `tooLarge` when there is no memory.
    public init(_ format: CompressionFormat, chunkSize: Int = 128 << 10) throws(NarKitError) {
        let codec: any StreamCodec =
            switch format {
            case .none: IdentityCodec()
            case .zstd: try ZstdDecoder()
            case .xz: try XZDecoder()
            case .bzip2: Bzip2Decoder()
            }
        stream = ChunkedCodec(codec, chunkSize: chunkSize)
    }

    /// Adds compressed bytes.
    ///
    /// - Parameter bytes: Any number of bytes.
    public func push(_ bytes: [UInt8]) {
        stream.push(bytes)
    }

    /// Says that no bytes follow. ``next()`` gives the rest, and throws if the stream was cut off.
    public func finish() {
        stream.finish()
    }

    /// The next decompressed bytes.
    ///
    /// - Returns: Some bytes, or nil when more input is needed or the stream has ended.
    /// - Throws: ``NarKitError`` with the code `invalidCompressedData`, or `tooLarge` for a stream that needs more
    ///   memory than a reader grants (128 MiB of window).
    public func next() throws(NarKitError) -> [UInt8]? {
        try stream.next()
    }
}

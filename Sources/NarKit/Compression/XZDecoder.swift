import CLZMA

/// Decompresses XZ: any number of streams, one after the other.
final class XZDecoder: StreamCodec {
    /// The memory that a stream may ask for: a dictionary of 128 MiB, twice that of the largest preset, and the rest.
    private static let memoryLimit: UInt64 = 144 << 20
    /// `LZMA_CONCATENATED`, a macro that Swift does not see.
    private static let concatenated: UInt32 = 0x08

    private let stream = LZMAStream()

    init() throws(NarKitError) {
        guard lzma_stream_decoder(stream.pointer, Self.memoryLimit, Self.concatenated) == LZMA_OK else {
            throw NarKitError(.tooLarge, "There is no memory left for xz decompression.")
        }
    }

    func process(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(NarKitError) -> CodecStep {
        let (status, step) = stream.code(input, output, isLast ? LZMA_FINISH : LZMA_RUN)
        switch status {
        case LZMA_STREAM_END:
            return CodecStep(consumed: step.consumed, produced: step.produced, isFinished: true)
        case LZMA_OK, LZMA_BUF_ERROR:
            if isLast, step.consumed == 0, step.produced == 0 { throw .truncated("xz") }
            return step
        case LZMA_MEMLIMIT_ERROR:
            throw NarKitError(
                .tooLarge,
                "The xz data needs more than \(Self.memoryLimit >> 20) MiB of memory; compress it again with a "
                    + "smaller dictionary.")
        case LZMA_FORMAT_ERROR: throw .corrupt("xz", "it is in another format, or something follows its end")
        case LZMA_OPTIONS_ERROR: throw .corrupt("xz", "it uses an unknown filter")
        default: throw .corrupt("xz", "its checksums or blocks do not fit")
        }
    }
}

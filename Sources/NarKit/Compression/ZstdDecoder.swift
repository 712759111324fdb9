import CZstd

/// Decompresses Zstandard: any number of frames, one after the other.
final class ZstdDecoder: StreamCodec {
    /// The largest window as a power of two: 128 MiB, as much as Nix reads.
    static let maximumWindowLog = 27

    private let context: OpaquePointer
    private var isBetweenFrames = false

    init() throws(NarKitError) {
        guard let context = ZSTD_createDCtx() else {
            throw NarKitError(.tooLarge, "There is no memory left for zstd decompression.")
        }
        self.context = context
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(Self.maximumWindowLog))
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    func process(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(NarKitError) -> CodecStep {
        if input.isEmpty, isBetweenFrames { return CodecStep(isFinished: isLast) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(result) == 0 else { throw failure(result) }
        if source.pos > 0 || target.pos > 0 { isBetweenFrames = result == 0 }
        let isDone = isLast && source.pos == input.count && isBetweenFrames
        if isLast, !isDone, source.pos == input.count, target.pos < output.count {
            throw .truncated("zstd")
        }
        return CodecStep(consumed: source.pos, produced: target.pos, isFinished: isDone)
    }

    private func failure(_ result: Int) -> NarKitError {
        if ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge {
            return NarKitError(
                .tooLarge,
                "The zstd data needs a window above 128 MiB; compress it again with a smaller window (--long=27).")
        }
        return .corrupt("zstd", String(cString: ZSTD_getErrorName(result)))
    }
}

extension NarKitError {
    /// Compressed data ends too early.
    static func truncated(_ format: String) -> NarKitError {
        NarKitError(.invalidCompressedData, "The \(format) data is cut off; fetch it again.")
    }

    /// Compressed data cannot be decompressed.
    static func corrupt(_ format: String, _ reason: String) -> NarKitError {
        NarKitError(.invalidCompressedData, "The \(format) data is corrupt (\(reason)); fetch it again.")
    }
}

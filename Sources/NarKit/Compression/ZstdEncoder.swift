import CZstd

/// Compresses with Zstandard into one frame.
final class ZstdEncoder: StreamCodec {
    private let context: OpaquePointer

    init(_ options: ZstdOptions) throws(NarKitError) {
        guard let context = ZstdContexts.shared.take() else {
            throw NarKitError(.tooLarge, "There is no memory left for zstd compression.")
        }
        self.context = context
        try set(ZSTD_c_compressionLevel, "level", options.level)
        if options.workers > 0 {
            try set(ZSTD_c_nbWorkers, "workers", options.workers)
            if options.jobSize > 0 { try set(ZSTD_c_jobSize, "jobSize", options.jobSize) }
            if options.overlapLog > 0 { try set(ZSTD_c_overlapLog, "overlapLog", options.overlapLog) }
        }
        if options.longDistanceMatching { try set(ZSTD_c_enableLongDistanceMatching, "longDistanceMatching", 1) }
        if let windowLog = options.windowLog {
            guard windowLog <= ZstdDecoder.maximumWindowLog else {
                throw NarKitError(
                    .unsupported,
                    "zstd cannot use windowLog \(windowLog): Nix reads windows up to \(ZstdDecoder.maximumWindowLog).")
            }
            try set(ZSTD_c_windowLog, "windowLog", windowLog)
        }
    }

    deinit {
        ZstdContexts.shared.give(context)
    }

    /// Says how many bytes there will be in all, before the first.
    func pledge(inputSize: UInt64) throws(NarKitError) {
        try check(ZSTD_CCtx_setPledgedSrcSize(context, inputSize))
    }

    func process(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(NarKitError) -> CodecStep {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let rest = try check(ZSTD_compressStream2(context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue))
        return CodecStep(consumed: source.pos, produced: target.pos, isFinished: isLast && rest == 0)
    }

    private func set(_ parameter: ZSTD_cParameter, _ name: String, _ value: Int) throws(NarKitError) {
        let bounds = ZSTD_cParam_getBounds(parameter)
        guard ZSTD_isError(bounds.error) == 0, let value = Int32(exactly: value),
            (bounds.lowerBound...bounds.upperBound).contains(value)
        else {
            throw NarKitError(
                .unsupported,
                "zstd cannot use \(name) \(value); choose from \(bounds.lowerBound) to \(bounds.upperBound).")
        }
        try check(ZSTD_CCtx_setParameter(context, parameter, value))
    }

    @discardableResult
    private func check(_ result: Int) throws(NarKitError) -> Int {
        guard ZSTD_isError(result) == 0 else {
            throw NarKitError(.tooLarge, "zstd could not compress: \(String(cString: ZSTD_getErrorName(result))).")
        }
        return result
    }
}

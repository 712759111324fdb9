import CBZip2

/// Decompresses bzip2: any number of streams, one after the other.
final class Bzip2Decoder: StreamCodec {
    private let stream: UnsafeMutablePointer<bz_stream>
    private var isOpen = false
    private var hasEndedStream = false

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
    }

    deinit {
        close()
        stream.deallocate()
    }

    func process(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(NarKitError) -> CodecStep {
        if input.isEmpty, !isOpen {
            guard isLast else { return CodecStep() }
            guard hasEndedStream else { throw .truncated("bzip2") }
            return CodecStep(isFinished: true)
        }
        if !isOpen { try open() }
        let available = UInt32(clamping: input.count)
        let room = UInt32(clamping: output.count)
        // The library reads through this pointer and does not write, although its type allows it.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        stream.pointee.avail_in = available
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_out = room
        let status = BZ2_bzDecompress(stream)
        var step = CodecStep(
            consumed: Int(available - stream.pointee.avail_in), produced: Int(room - stream.pointee.avail_out))
        switch status {
        case BZ_OK:
            if isLast, step.consumed == input.count, step.produced < output.count { throw .truncated("bzip2") }
        case BZ_STREAM_END:
            close()
            hasEndedStream = true
            step.isFinished = isLast && step.consumed == input.count
        case BZ_MEM_ERROR: throw NarKitError(.tooLarge, "There is no memory left for bzip2 decompression.")
        case BZ_DATA_ERROR_MAGIC where hasEndedStream: throw .corrupt("bzip2", "something follows its end")
        case BZ_DATA_ERROR_MAGIC: throw .corrupt("bzip2", "it is in another format")
        default: throw .corrupt("bzip2", "its checksums or blocks do not fit")
        }
        return step
    }

    private func open() throws(NarKitError) {
        stream.pointee = bz_stream()
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
            throw NarKitError(.tooLarge, "There is no memory left for bzip2 decompression.")
        }
        isOpen = true
    }

    private func close() {
        guard isOpen else { return }
        BZ2_bzDecompressEnd(stream)
        isOpen = false
    }
}

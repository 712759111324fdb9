import CLZMA

/// Compresses into an XZ stream.
final class XZEncoder: StreamCodec {
    private let stream = LZMAStream()

    /// Starts a stream.
    ///
    /// - Parameter level: The preset, 0 to 9.
    init(level: Int) throws(NarKitError) {
        guard (0...9).contains(level) else {
            throw NarKitError(.unsupported, "xz cannot use level \(level); choose from 0 to 9.")
        }
        let status = lzma_easy_encoder(stream.pointer, UInt32(level), LZMA_CHECK_CRC64)
        guard status == LZMA_OK else { throw NarKitError(.tooLarge, "There is no memory left for xz compression.") }
    }

    func process(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(NarKitError) -> CodecStep {
        let (status, step) = stream.code(input, output, isLast ? LZMA_FINISH : LZMA_RUN)
        switch status {
        case LZMA_OK, LZMA_BUF_ERROR: return step
        case LZMA_STREAM_END: return CodecStep(consumed: step.consumed, produced: step.produced, isFinished: true)
        default: throw NarKitError(.tooLarge, "xz could not compress (status \(status.rawValue)).")
        }
    }
}

/// The state of liblzma, freed with its owner. It must not move, so it is not a stored struct.
final class LZMAStream {
    let pointer: UnsafeMutablePointer<lzma_stream>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: lzma_stream())
    }

    deinit {
        lzma_end(pointer)
        pointer.deallocate()
    }

    func code(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, _ action: lzma_action
    ) -> (lzma_ret, CodecStep) {
        pointer.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        pointer.pointee.avail_in = input.count
        pointer.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        pointer.pointee.avail_out = output.count
        let status = lzma_code(pointer, action)
        let step = CodecStep(
            consumed: input.count - pointer.pointee.avail_in, produced: output.count - pointer.pointee.avail_out)
        return (status, step)
    }
}

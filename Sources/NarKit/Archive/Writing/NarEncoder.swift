/// Turns the assembled archive into what the consumer wants: hashed on the way, compressed or not.
struct NarEncoder: ~Copyable {
    private var assembler: NarAssembler
    private var hasher: SHA256Hasher?
    private var compression: CompressionStage?
    private let progress: (UInt64) throws -> Void
    /// Bytes of the archive so far.
    private(set) var narSize: UInt64 = 0
    /// Bytes that came out so far.
    private(set) var outputSize: UInt64 = 0

    /// Starts before the first byte.
    ///
    /// - Parameters:
    ///   - options: What is done with the archive.
    ///   - input: Where it comes from.
    ///   - progress: Is told the bytes of the archive that have been read, often, and may throw to end it all: one
    ///     chunk of compressed output can take many chunks of input.
    init(
        _ options: NarSource.Options, input: BoundedQueue<FileBatch>, progress: @escaping (UInt64) throws -> Void
    ) throws(NarKitError) {
        self.progress = progress
        assembler = NarAssembler(input: input)
        hasher = options.computesHash ? SHA256Hasher() : nil
        switch options.compression {
        case .none: compression = nil
        case .zstd(let zstd): compression = try CompressionStage(zstd, inputSize: max(options.chunkSize, 128 << 10))
        }
    }

    /// The hash of the archive, once it has ended.
    var narHash: NixHash? { hasher?.finalized() }

    /// Fills a buffer with the next bytes.
    ///
    /// - Parameter output: Where they go.
    /// - Returns: How many there are; fewer than fit only at the end.
    mutating func fill(_ output: UnsafeMutableRawBufferPointer) throws -> Int {
        let count =
            if let compression {
                try compress(with: compression, into: output)
            } else {
                try assemble(into: output)
            }
        outputSize += UInt64(count)
        return count
    }

    private mutating func assemble(into output: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try assembler.fill(output)
        hasher?.update(UnsafeRawBufferPointer(rebasing: output[..<count]))
        narSize += UInt64(count)
        try progress(narSize)
        return count
    }

    private mutating func compress(
        with stage: CompressionStage, into output: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        var filled = 0
        while filled < output.count, !stage.isFinished {
            if stage.needsInput {
                let count = try assemble(into: stage.buffer)
                try stage.provide(count, isLast: count < stage.buffer.count)
            }
            filled += try stage.compress(into: UnsafeMutableRawBufferPointer(rebasing: output[filled...]))
        }
        return filled
    }
}

/// A compressor with the buffer that it takes its input from.
final class CompressionStage {
    let buffer: UnsafeMutableRawBufferPointer
    private let codec: ZstdEncoder
    private var pending: Range<Int> = 0..<0
    private var isLast = false
    private var isFirst = true
    private(set) var isFinished = false

    init(_ options: ZstdOptions, inputSize: Int) throws(NarKitError) {
        codec = try ZstdEncoder(options)
        buffer = .allocate(byteCount: inputSize, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

    var needsInput: Bool { pending.isEmpty && !isLast }

    /// Says how much input is in the buffer, and whether it is the last.
    func provide(_ count: Int, isLast: Bool) throws(NarKitError) {
        // A small archive is over before anything is compressed: told its size, zstd takes smaller tables.
        if isFirst, isLast { try codec.pledge(inputSize: UInt64(count)) }
        isFirst = false
        pending = 0..<count
        self.isLast = isLast
    }

    /// Compresses what fits into a buffer.
    ///
    /// - Returns: How many bytes were made.
    func compress(into output: UnsafeMutableRawBufferPointer) throws(NarKitError) -> Int {
        let step = try codec.process(
            UnsafeRawBufferPointer(rebasing: buffer[pending]), into: output, isLast: isLast)
        pending = pending.lowerBound + step.consumed..<pending.upperBound
        isFinished = step.isFinished
        return step.produced
    }
}

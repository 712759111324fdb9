/// Feeds a codec with chunks and takes its output in chunks: what ``Compressor`` and ``Decompressor`` have in common.
struct ChunkedCodec {
    private let codec: any StreamCodec
    private let chunkSize: Int
    private var input: [UInt8] = []
    /// How much of the input is done with.
    private var position = 0
    private var isLast = false
    private var isFinished = false

    init(_ codec: any StreamCodec, chunkSize: Int) {
        self.codec = codec
        self.chunkSize = max(1, chunkSize)
    }

    /// Adds input. What was added before and has not been used is kept.
    mutating func push(_ bytes: [UInt8]) {
        if position == input.count {
            input = bytes
        } else {
            input.removeFirst(position)
            input.append(contentsOf: bytes)
        }
        position = 0
    }

    /// Says that no input follows.
    mutating func finish() {
        isLast = true
    }

    /// The next piece of output, or nil when more input is needed, or when everything has come out.
    mutating func next() throws(NarKitError) -> [UInt8]? {
        guard !isFinished, isLast || position < input.count else { return nil }
        var failure: NarKitError?
        let chunk = [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
            do throws(NarKitError) {
                count = try fill(UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return chunk.isEmpty ? nil : chunk
    }

    private mutating func fill(_ output: UnsafeMutableRawBufferPointer) throws(NarKitError) -> Int {
        var filled = 0
        while filled < output.count, !isFinished {
            let room = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
            let step = try input.span.bytes.withUnsafeBytes { bytes throws(NarKitError) in
                try codec.process(UnsafeRawBufferPointer(rebasing: bytes[position...]), into: room, isLast: isLast)
            }
            position += step.consumed
            filled += step.produced
            isFinished = step.isFinished
            if step.consumed == 0, step.produced == 0 { break }
        }
        return filled
    }
}
